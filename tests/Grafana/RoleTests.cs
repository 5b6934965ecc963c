using Npgsql;
using ViViT.Storage;

namespace ViViT.Grafana.Tests;

/// <summary>What Grafana's role may do: read views, for ten seconds.</summary>
public sealed class RoleTests(SeededDatabase seeded)
{
    [Fact]
    public async Task It_reads_every_view_and_no_table()
    {
        var relations = await Relations();

        Assert.Contains(relations, relation => relation.Kind == "v");
        Assert.Contains(relations, relation => relation.Kind == "r");
        foreach (var (name, kind) in relations)
        {
            await using var read = seeded.Reader.CreateCommand($"select * from {name} limit 0");
            if (kind == "v") await read.ExecuteNonQueryAsync();
            else Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => read.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Theory]
    [InlineData("insert into sweep_overview (sweep_id) values (9)")]
    [InlineData("update sweep_overview set name = 'x'")]
    [InlineData("delete from event_log")]
    [InlineData("create table mine (x int)")]
    public async Task It_writes_nothing_even_when_it_makes_its_session_writable(string sql)
    {
        await using var connection = await seeded.Reader.OpenConnectionAsync();
        await using (var insist = new NpgsqlCommand("set default_transaction_read_only = off", connection)) await insist.ExecuteNonQueryAsync();
        await using var write = new NpgsqlCommand(sql, connection);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Its_transactions_are_read_only()
    {
        await using var write = seeded.Reader.CreateCommand("create temp table mine (x int)");

        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, (await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync())).SqlState);
    }

    [Theory]
    [InlineData("statement_timeout", "10s")]
    [InlineData("default_transaction_read_only", "on")]
    [InlineData("lock_timeout", "2s")]
    public async Task Its_sessions_begin_with(string setting, string value)
    {
        await using var show = seeded.Reader.CreateCommand($"show {setting}");

        Assert.Equal(value, await show.ExecuteScalarAsync());
    }

    [Fact]
    public async Task The_script_may_be_run_again()
    {
        var before = await Grants();

        var (exit, errors) = await seeded.RunRoleScript("another");

        Assert.Equal((0, ""), (exit, errors));
        Assert.Equal(before, await Grants());
    }

    [Fact]
    public async Task It_reads_views_that_a_migrating_role_owns_whose_database_is_closed_to_others()
    {
        await seeded.Database.Execute("create role schema_owner login");
        await seeded.Database.Execute("create database owned owner schema_owner");
        await seeded.Database.Execute("revoke all on database owned from public");
        var connection = new NpgsqlConnectionStringBuilder(seeded.Database.ConnectionString) { Database = "owned", Pooling = false };
        connection.Username = "schema_owner";
        await using (var owner = NpgsqlDataSource.Create(connection.ConnectionString)) await Migrations.Apply(owner, null, default);

        Assert.Equal((0, ""), await seeded.RunRoleScript("secret", "owned"));

        connection.Username = "vivit_grafana";
        await using var reader = NpgsqlDataSource.Create(connection.ConnectionString);
        await using var read = reader.CreateCommand("select (select count(*) from run_chunk) + (select count(*) from run_overview) + (select count(*) from store_health)");
        Assert.Equal(1L, await read.ExecuteScalarAsync());
        await using var table = reader.CreateCommand("select 1 from experiment");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => table.ExecuteScalarAsync())).SqlState);
    }

    [Fact]
    public async Task Without_a_password_the_script_says_what_it_lacks()
    {
        var (exit, errors) = await seeded.RunRoleScript(null);

        Assert.NotEqual(0, exit);
        Assert.Contains("VIVIT_GRAFANA_PASSWORD is not set", errors, StringComparison.Ordinal);
    }

    private async Task<List<(string Name, string Kind)>> Relations()
    {
        await using var list = seeded.Database.Source.CreateCommand("select relname, relkind::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') order by 1");
        await using var reader = await list.ExecuteReaderAsync();
        var relations = new List<(string, string)>();
        while (await reader.ReadAsync()) relations.Add((reader.GetString(0), reader.GetString(1) == "v" ? "v" : "r"));
        return relations;
    }

    private Task<string> Grants() => seeded.Database.Scalar<string>(
        "select string_agg(table_name || ' ' || privilege_type, ',' order by table_name, privilege_type) from information_schema.role_table_grants where grantee = 'vivit_grafana'");
}
