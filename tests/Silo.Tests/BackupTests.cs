using Npgsql;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests;

/// <summary>The order of docs/operations.md, with Postgres' own programs.</summary>
public sealed class BackupTests
{
    private const string Sweep = """{"name": "kept", "experiment": {"data": {"name": "shapes3d"}}}""";

    [Fact]
    public async Task A_restored_database_serves_again_and_what_had_no_checkpoint_left_starts_afresh()
    {
        var roles = await DatabaseRoles.Create();
        await Migrate(roles.Migrate);
        Lease lease;
        await using (var silo = await SiloProcess.Start(roles.Silo, ("VIVIT_MIGRATE", "never")))
        {
            await silo.Read<SweepStatus>(await silo.SendText(Routes.Sweeps, Sweep));
            lease = await Take(silo);
            await silo.Read<ReportReply>(await silo.Send(Routes.Checkpoints, new CheckpointCommit(lease.Experiments[0].Id, lease.Experiments[0].Fence, new CheckpointManifest(7, $"experiment-{lease.Experiments[0].Id}/fence-{lease.Experiments[0].Fence}/step-7", new string('a', 64), 3))));
        }

        await roles.Say("pg_dump", "--format=custom", $"--file={roles.Folder}/vivit.dump");
        await roles.Again();
        await roles.Say("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", $"{roles.Folder}/vivit.dump");
        await Migrate(roles.Migrate);
        Assert.Equal(0, (await SiloCommand.Run(roles.Silo, "check")).ExitCode);
        await Execute(roles.Migrate, "update experiment set state = 'queued', fence = fence + 1, worker = null, lease_until = null, lease_id = null");
        await Execute(roles.Migrate, "update experiment set checkpoint_step = null, checkpoint_path = null, checkpoint_sha256 = null, checkpoint_bytes = null where sweep_id = 1 and state in ('queued', 'failed')");

        await using var again = await SiloProcess.Start(roles.Silo, ("VIVIT_MIGRATE", "never"));
        var next = await Take(again);
        Assert.Equal((lease.Experiments[0].Id, null), (next.Experiments[0].Id, next.Experiments[0].ResumeFrom));
        var sweeps = await again.Get<SweepStatus[]>(Routes.Sweeps);
        Assert.Equal("kept", Assert.Single(sweeps).Name);
    }

    private static async Task<Lease> Take(SiloProcess silo) =>
        await silo.Read<Lease>(await silo.Send(Routes.Fill(Routes.WorkerLease, "worker"), new LeaseRequest("local", "0", "cpu", "cpu/test", 1, 30)));

    private static async Task Migrate(string postgres)
    {
        var migrated = await SiloCommand.Run(postgres, "migrate");
        Assert.True(migrated.ExitCode == 0, migrated.Errors);
    }

    private static async Task Execute(string postgres, string sql)
    {
        await using var database = NpgsqlDataSource.Create(postgres);
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
