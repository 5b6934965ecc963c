using System.Diagnostics;
using Npgsql;
using ViViT.TestKit;

namespace ViViT.EndToEnd.Tests;

/// <summary>The database as an operator sets it up: its schema belongs to one role, the silo works under another.</summary>
public sealed class RolesTests
{
    [Fact]
    public async Task A_silo_that_may_not_change_the_schema_trains_a_sweep_beyond_the_partitions_that_there_are()
    {
        var roles = await DatabaseRoles.Create();
        await Migrate(roles.Migrate);
        await Say(roles.Migrate, "alter table experiment alter column id restart with 250000");
        await using var stack = new Stack();
        (stack.Environment["VIVIT_POSTGRES"], stack.Environment["VIVIT_MIGRATE"]) = (roles.Silo, "never");
        var file = stack.Write("tiny.yaml", """
            name: tiny
            experiment:
              data: {name: shapes3d, limit: 48}
              model: {width: 16, layers: 1, heads: 2}
              training: {epochs: 2, batch_size: 16}
            """);

        var run = await stack.Do("sweep", "run", file);

        Assert.Contains("1 succeeded", run.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, await Say(roles.Migrate, "update metric_chunk_2 set n = n where experiment_id = 250000"));
        Assert.NotEqual(0, await Say(roles.Migrate, "update metric_summary set n = n where experiment_id = 250000"));
    }

    private static async Task Migrate(string postgres)
    {
        var silo = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Silo", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "ViViT.Silo"));
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" migrate 2>&1", silo]) { RedirectStandardOutput = true };
        start.Environment["VIVIT_POSTGRES"] = postgres;
        using var migrate = Process.Start(start)!;
        var told = await migrate.StandardOutput.ReadToEndAsync();
        await migrate.WaitForExitAsync();
        Assert.True(migrate.ExitCode == 0, told);
    }

    private static async Task<int> Say(string postgres, string sql)
    {
        await using var database = NpgsqlDataSource.Create(postgres);
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }
}
