using Npgsql;
using ViViT.Simulation.Tests.Store;
using ViViT.TestKit;

namespace ViViT.Simulation.Tests;

/// <summary>
/// The store that the simulation trusts answers and stores as the SQL does: random sequences of operations, given to both, side by side. The database's
/// clock is the test's: a function that stands before pg_catalog's in the search path.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private const int Sequences = 120;
    private const int Operations = 40;

    private const string Clock = """
        create schema sim;
        create table sim.clock (at timestamptz not null) with (fillfactor = 10);
        insert into sim.clock values ('2026-01-01Z');
        create function sim.clock_timestamp() returns timestamptz language sql stable as 'select at from sim.clock';
        create function sim.statement_timestamp() returns timestamptz language sql stable as 'select at from sim.clock';
        alter table experiment alter column state_since set default sim.clock_timestamp();
        alter table worker alter column last_seen set default sim.clock_timestamp();
        """;

    [Fact]
    public async Task The_simulated_store_answers_and_stores_as_the_database_does()
    {
        await using var database = await PostgresServer.CreateDatabase();
        await database.Execute(Clock);
        await using var source = NpgsqlDataSource.Create($"{database.ConnectionString};Search Path=sim,public,pg_catalog");
        var done = new Dictionary<string, int>();

        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            var pair = new StorePair(source, sequence, await LastIds(database));
            for (var number = 0; number < Operations; number++)
            {
                var (what, expected, actual) = await pair.Next();
                Assert.True(expected == actual, $"sequence {sequence}, operation {number}: the store and the database differ.\n{string.Join('\n', pair.History.TakeLast(12))}\nstore:    {expected}\ndatabase: {actual}");
                done[what] = done.GetValueOrDefault(what) + 1;
                if (number % 8 == 7) await Compare(pair, sequence, number);
            }
        }

        output.WriteLine(string.Join(", ", done.OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value}")));
        Assert.All(done.Values, count => Assert.True(count > 10));
    }

    private static async Task Compare(StorePair pair, int sequence, int number)
    {
        var (expected, actual) = (pair.StoredRows(), await pair.DatabaseRows());
        Assert.True(expected.SequenceEqual(actual), $"sequence {sequence}, after operation {number}: rows differ.\n{string.Join('\n', pair.History.TakeLast(12))}\n"
            + $"store:    {string.Join("\n          ", expected.Except(actual))}\ndatabase: {string.Join("\n          ", actual.Except(expected))}");
    }

    private static async Task<(long Sweep, long Experiment, long Group)> LastIds(TestDatabase database) => (
        await database.Scalar<long>("select coalesce(max(id), 0) from sweep"), await database.Scalar<long>("select coalesce(max(id), 0) from experiment"),
        await database.Scalar<long>("select last_value from lease_id_seq"));
}
