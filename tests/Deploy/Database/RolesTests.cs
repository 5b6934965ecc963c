using System.Text.Json;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Storage;
using ViViT.TestKit;

namespace ViViT.Deploy.Tests.Database;

/// <summary>deploy/postgres on a real PostgreSQL: what each role can do is what it needs, and no more.</summary>
public sealed class RolesTests
{
    [Fact]
    public async Task Silos_do_all_their_work_with_rights_to_rows_and_to_partitions_of_metrics()
    {
        var server = await PostgresServer.StartOwn();
        await Psql(server, "vivit", "postgres", "roles.sql");
        await Psql(server, "vivit", "postgres", "roles.sql");
        await using var owner = As(server, "vivit_migrate");
        await Migrations.Apply(owner, log: null, TestContext.Current.CancellationToken);
        await Psql(server, "vivit_migrate", "vivit", "rights.sql");
        await Psql(server, "vivit_migrate", "vivit", "rights.sql");
        await using var silo = As(server, "vivit_silo");
        Assert.False(await Scalar<bool>(silo, "select bool_or(rolsuper or rolcreaterole or rolcreatedb) from pg_roles where rolname in ('vivit_silo', 'vivit_migrate')"));

        await TrainOne(silo);
        Assert.True(await Scalar<long>(silo, "select count(*) from pg_inherits where inhparent = 'metric_chunk'::regclass") > 0);

        foreach (var forbidden in (string[])
        [
            "alter table experiment add column more int", "drop table sweep", "create role another", "truncate event",
            "update event set text = 'nothing happened'", "delete from schema_migration", "set role vivit_migrate",
        ])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => Execute(silo, forbidden));
            Assert.True(refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{forbidden}: {refused.Message}");
        }

        // The next release may change what silos own, and what it makes is theirs to use.
        await Execute(owner, "alter table metric_chunk add column later int; create table later (id int generated always as identity primary key, name text)");
        await Psql(server, "vivit_migrate", "vivit", "rights.sql");
        await Execute(silo, "insert into later (name) values ('a')");
    }

    // A sweep, a lease, a flush: rows of nearly every table, and a partition.
    private static async Task TrainOne(NpgsqlDataSource database)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var spec = new SweepSpec
        {
            Name = "roles",
            Experiment = new() { Data = new() { Name = "shapes3d" } },
            Grid = new Dictionary<string, IReadOnlyList<JsonElement>> { ["seed"] = [JsonSerializer.SerializeToElement(1)] },
        };
        var (sweeps, id) = (new Sweeps(database), await new Sweeps(database).NextId(cancellation));
        List<Cell> cells = [.. SweepExpansion.Expand(spec)];
        await sweeps.Insert(id, spec, cells, cells.Count, cancellation);
        var lease = await new Leases(database).Claim(id, true, "w", new("local", "0", "cpu", "cpu", 1, 0), TimeSpan.FromSeconds(15), null, cancellation);
        var experiment = Assert.Single(lease!.Experiments);
        var replies = await new Metrics(database).Flush([new(experiment.Id, experiment.Fence, 0, 1, 10, [new("train/loss", [1], [0.5])])], cancellation);
        Assert.Equal(ReportStatus.Accepted, replies[0].Status);
    }

    private static NpgsqlDataSource As(PostgresServer server, string user) => NpgsqlDataSource.Create($"Host={server.Folder};Database=vivit;Username={user};Timeout=5;Maximum Pool Size=4");

    private static async Task Psql(PostgresServer server, string user, string database, string file)
    {
        var (code, output) = await Run.Program("psql", ["--no-psqlrc", "--host", server.Folder, "--username", user, "--dbname", database, "--file", Repository.At($"deploy/postgres/{file}")],
            start => (start.Environment["VIVIT_MIGRATE_PASSWORD"], start.Environment["VIVIT_SILO_PASSWORD"]) = ("m", "s"));
        Assert.True(code == 0, output);
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<T> Scalar<T>(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
