using System.Data;
using System.Data.Common;
using Npgsql;
using ViViT.TestKit;

namespace ViViT.Storage.Tests;

/// <summary>
/// The statements of migration 009 said as Orleans' ADO.NET clustering provider says them: parameters by name with ADO.NET's types, columns by
/// name, one column of a truth for a change that is conditional.
/// </summary>
public sealed class OrleansQueriesTests
{
    private const int Active = 3;
    private const int Dead = 6;
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    // Every key that the provider looks for when it starts.
    private static readonly string[] Keys =
    [
        "CleanupDefunctSiloEntriesKey", "DeleteMembershipTableEntriesKey", "GatewaysQueryKey", "InsertMembershipKey", "InsertMembershipVersionKey",
        "MembershipReadAllKey", "MembershipReadRowKey", "UpdateIAmAlivetimeKey", "UpdateMembershipKey",
    ];

    [Fact]
    public async Task Every_statement_that_the_provider_needs_is_there()
    {
        await using var database = await PostgresServer.CreateDatabase();

        Assert.Equal(string.Join(',', Keys), await database.Scalar<string>("""select string_agg(QueryKey, ',' order by QueryKey collate "C") from OrleansQuery"""));
    }

    [Fact]
    public async Task Silos_join_change_and_are_read_under_the_version_of_their_cluster()
    {
        await using var database = await PostgresServer.CreateDatabase();
        var table = new Table(database.Source);
        Assert.True(await table.Truth("InsertMembershipVersionKey", ("DeploymentId", "c")));
        Assert.False(await table.Truth("InsertMembershipVersionKey", ("DeploymentId", "c")));
        Assert.Equal((0, (object)DBNull.Value), (await table.Rows("MembershipReadAllKey", ("DeploymentId", "c"))) is [var empty] ? ((int)empty["Version"], empty["StartTime"]) : default);

        Assert.True(await table.Join("c", generation: 1, version: 0));
        Assert.False(await table.Join("c", generation: 2, version: 0)); // decided on a version that is gone
        Assert.False(await table.Join("c", generation: 1, version: 1)); // there already
        Assert.True(await table.Join("c", generation: 2, version: 1));
        Assert.False(await table.Change("c", generation: 3, Dead, version: 2)); // no such silo
        Assert.True(await table.Change("c", generation: 2, Active, version: 2));
        Assert.True(await table.Change("c", generation: 1, Dead, version: 3, suspects: "127.0.0.1:11111@5,2026-01-02 03:04:05.678 GMT"));

        var all = await table.Rows("MembershipReadAllKey", ("DeploymentId", "c"));
        Assert.Equal([(1, Dead, 4), (2, Active, 4)], all.Select(row => ((int)row["Generation"], (int)row["Status"], (int)row["Version"])).Order());
        var one = Assert.Single(await table.Rows("MembershipReadRowKey", ("DeploymentId", "c"), ("Address", "10.0.0.7"), ("Port", 11111), ("Generation", 2)));
        Assert.Equal(("10.0.0.7", 11111, "silo-2", "host", 30000, DBNull.Value, Now), ((string)one["Address"], (int)one["Port"], (string)one["SiloName"], (string)one["HostName"], (int)one["ProxyPort"], one["SuspectTimes"], (DateTime)one["StartTime"]));
        var absent = Assert.Single(await table.Rows("MembershipReadRowKey", ("DeploymentId", "c"), ("Address", "10.0.0.7"), ("Port", 11111), ("Generation", 9)));
        Assert.Equal((4, (object)DBNull.Value), ((int)absent["Version"], absent["StartTime"]));
        Assert.Equal([2], (await table.Rows("GatewaysQueryKey", ("DeploymentId", "c"), ("Status", Active))).Select(row => (int)row["Generation"]));
    }

    [Fact]
    public async Task Of_silos_that_join_at_once_each_version_takes_one()
    {
        await using var database = await PostgresServer.CreateDatabase();
        var table = new Table(database.Source);
        await table.Truth("InsertMembershipVersionKey", ("DeploymentId", "c"));

        var joined = await Task.WhenAll(Enumerable.Range(1, 12).Select(generation => Task.Run(() => table.Join("c", generation, version: 0))));

        Assert.Single(joined, took => took);
        Assert.Equal(1, await database.Scalar<int>("select version from orleans_cluster where id = 'c'"));
    }

    [Fact]
    public async Task A_silo_says_that_it_lives_and_those_long_dead_are_cleared_away()
    {
        await using var database = await PostgresServer.CreateDatabase();
        var table = new Table(database.Source);
        foreach (var cluster in (string[])["c", "d"])
        {
            await table.Truth("InsertMembershipVersionKey", ("DeploymentId", cluster));
            await table.Join(cluster, generation: 1, version: 0);
            await table.Join(cluster, generation: 2, version: 1);
        }

        await table.Change("c", generation: 2, Active, version: 2);
        await table.Say("UpdateIAmAlivetimeKey", ("DeploymentId", "c"), ("Address", "10.0.0.7"), ("Port", 11111), ("Generation", 2), ("IAmAliveTime", Now.AddHours(1)));
        Assert.Equal(Now.AddHours(1), await database.Scalar<DateTime>("select alive_at from orleans_silo where cluster_id = 'c' and generation = 2"));
        await table.Say("CleanupDefunctSiloEntriesKey", ("DeploymentId", "c"), ("IAmAliveTime", Now.AddHours(2)));
        Assert.Equal("c2,d1,d2", await database.Scalar<string>("select string_agg(cluster_id || generation, ',' order by cluster_id, generation) from orleans_silo"));

        await table.Say("DeleteMembershipTableEntriesKey", ("DeploymentId", "d"));
        Assert.Empty(await table.Rows("MembershipReadAllKey", ("DeploymentId", "d")));
        Assert.Equal("c", await database.Scalar<string>("select string_agg(id, ',') from orleans_cluster"));
    }

    private sealed class Table(NpgsqlDataSource database)
    {
        public Task<bool> Join(string cluster, int generation, int version) => Truth("InsertMembershipKey",
            ("DeploymentId", cluster), ("IAmAliveTime", Now), ("SiloName", $"silo-{generation}"), ("HostName", "host"), ("Address", "10.0.0.7"), ("Port", 11111), ("Generation", generation),
            ("StartTime", Now), ("Status", 1), ("ProxyPort", 30000), ("Version", version));

        public Task<bool> Change(string cluster, int generation, int status, int version, string? suspects = null) => Truth("UpdateMembershipKey",
            ("DeploymentId", cluster), ("Address", "10.0.0.7"), ("Port", 11111), ("Generation", generation), ("IAmAliveTime", Now), ("Status", status), ("SuspectTimes", suspects), ("Version", version));

        public async Task<bool> Truth(string key, params (string Name, object? Value)[] parameters) =>
            Assert.Single(await Rows(key, parameters)) is { Count: 1 } row ? Convert.ToBoolean(row.Values.Single(), System.Globalization.CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{key} answers more than one column");

        public async Task Say(string key, params (string Name, object? Value)[] parameters)
        {
            await using var command = await Command(key, parameters);
            await command.ExecuteNonQueryAsync();
        }

        /// <summary>Columns by name, in any case, as a data reader finds them.</summary>
        public async Task<List<Dictionary<string, object>>> Rows(string key, params (string Name, object? Value)[] parameters)
        {
            await using var command = await Command(key, parameters);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<Dictionary<string, object>>();
            while (await reader.ReadAsync()) rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue, StringComparer.OrdinalIgnoreCase));
            return rows;
        }

        private async Task<DbCommand> Command(string key, (string Name, object? Value)[] parameters)
        {
            await using var find = database.CreateCommand("SELECT QueryKey, QueryText FROM OrleansQuery where QueryKey = $1");
            find.Parameters.Add(new() { Value = key });
            await using var found = await find.ExecuteReaderAsync();
            Assert.True(await found.ReadAsync());
            DbCommand command = database.CreateCommand(found.GetString(1));
            foreach (var (name, value) in parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
                parameter.DbType = value switch { int => DbType.Int32, DateTime => DbType.DateTime, _ => DbType.String };
                command.Parameters.Add(parameter);
            }

            return command;
        }
    }
}
