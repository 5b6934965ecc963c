using System.Diagnostics;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Diagnosis;
using ViViT.Storage;
using ViViT.TestKit;

namespace ViViT.Silo.Tests;

/// <summary>Migrations as a command of their own, and silos under a role that owns nothing.</summary>
public sealed class MigrateTests
{
    [Fact]
    public async Task A_silo_that_may_not_migrate_says_how_to_and_serves_when_it_is_done()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await using (var early = SiloProcess.Launch(database.ConnectionString, ("VIVIT_MIGRATE", "never")))
        {
            Assert.Equal(1, await early.ExitCode());
            Assert.Contains("The database lacks migration 001_initial.sql", early.Log, StringComparison.Ordinal);
            Assert.Contains("ViViT.Silo migrate", early.Log, StringComparison.Ordinal);
        }

        var migrated = await SiloCommand.Run(database.ConnectionString, "migrate");
        var again = await SiloCommand.Run(database.ConnectionString, "migrate");

        Assert.True(migrated.ExitCode == 0, migrated.Errors);
        Assert.Contains("Applied migration 001_initial.sql", migrated.Errors, StringComparison.Ordinal);
        Assert.StartsWith("The schema is up to date: 0", again.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
        await using var silo = await SiloProcess.Start(database.ConnectionString, ("VIVIT_MIGRATE", "never"));
    }

    [Fact]
    public async Task A_database_that_is_away_ends_a_migration_with_the_reason()
    {
        var away = await SiloCommand.Run("Host=/nonexistent-vivit;Database=vivit;Username=vivit;Password=hunter2", "migrate", "--postgres-patience-seconds", "0.5");

        Assert.Equal(1, away.ExitCode);
        Assert.Contains("Postgres did not answer", away.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", away.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_silos_role_reads_and_writes_rows_and_changes_no_table()
    {
        var roles = await DatabaseRoles.Create();
        var migrated = await SiloCommand.Run(roles.Migrate, "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.Errors);

        await using var silo = NpgsqlDataSource.Create(roles.Silo);
        foreach (var forbidden in (string[])["create table mine (x int)", "drop table metric_summary", "alter table sweep add column mine int", "truncate event", "delete from event",
                     "update schema_migration set name = ''", "update orleansquery set querytext = ''", "create role mine", "select metric_partitions_for(1) from pg_authid"])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => Say(silo, forbidden));
            Assert.True(refused.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{forbidden}: {refused.MessageText}");
        }

        await Say(silo, "select metric_partitions_for(250000)");
        await Say(silo, "insert into event (kind, text) values ('test', 'It may.')");
        Assert.DoesNotContain(await new DatabaseInspection(silo, TimeProvider.System).Findings(default), finding => finding.Standing == Standing.Fail);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_grants_them()
    {
        var roles = await DatabaseRoles.Create();

        await using var silo = SiloProcess.Launch(roles.Silo);

        Assert.Equal(1, await silo.ExitCode());
        Assert.Contains("ViViT.Silo migrate", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
        var check = await SiloCommand.Run(roles.Silo, "check");
        Assert.Equal(1, check.ExitCode);
        var findings = System.Text.Json.JsonSerializer.Deserialize<Finding[]>(check.Output, ContractsJson.Options)!;
        Assert.Equal(["postgres schema", "postgres rights"], findings.Where(finding => finding.Standing == Standing.Fail).Select(finding => finding.Subject));
    }

    private static async Task Say(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
