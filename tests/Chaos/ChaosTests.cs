using Npgsql;

namespace ViViT.Chaos.Tests;

/// <summary>Real processes, real faults; and the checker before and after somebody tampered with the rows.</summary>
public sealed class ChaosTests(DisturbedRun run) : IClassFixture<DisturbedRun>
{
    [Fact]
    public void Whatever_dies_freezes_or_is_cut_off_the_results_are_those_of_an_undisturbed_run()
    {
        Assert.NotNull(run.Verdict);
        TestContext.Current.SendDiagnosticMessage("{0}", run.Verdict);
        Assert.True(run.Verdict.Complaints.Count == 0, run.Verdict.ToString());

        // Nothing of it is empty: faults hit running work, reports came twice, and there is much to compare.
        Assert.True(run.Verdict.Faults.Count >= 4, $"the run was over after {run.Verdict.Faults.Count} faults");
        Assert.True(run.Verdict.Attempts > run.Verdict.Experiments, "the faults cost no attempt");
        Assert.True(run.Verdict.Reports is { Repeated: > 5, Late: > 1 }, $"few reports were repeated or late: {run.Verdict.Reports}");
        Assert.All(run.Undisturbed.Experiments, one => Assert.True(one.Points.Count > 500));
    }

    // The first chunk of the training loss that the experiment's last attempt sent.
    private const string FirstLosses = """
        (experiment_id, attempt, metric_id, seq) = (
          select c.experiment_id, c.attempt, c.metric_id, c.seq from metric_chunk c join metric_key k on k.id = c.metric_id
          where c.experiment_id = @one and c.attempt = @last and k.name = 'train/loss' order by c.seq limit 1)
        """;

    public static TheoryData<string, string> Tampered => new()
    {
        { $"insert into metric_chunk select experiment_id, attempt + 1, metric_id, seq, first_step, last_step, n, steps, vals from metric_chunk where {FirstLosses}", "is there 2 times" },
        { $"update metric_chunk set vals[1] = vals[1] * 1.0000000000000003 where {FirstLosses}", "train/loss has other bits at step" },
        { $"delete from metric_chunk where {FirstLosses}", "train/loss lacks" },
        { "update metric_summary set n = n + 1 where experiment_id = @one", "the summary of train/loss does not agree with its points" },
        { $"insert into metric_chunk select experiment_id, attempt, metric_id, 999, last_step + 1000000, last_step + 1000000, 1, null, array[0.5] from metric_chunk where {FirstLosses}", "which are not there" },
        { "delete from experiment where id = @one", "has 5 experiments in all states together, and 6 were submitted" },
        { "update experiment set state = 'failed', reason = 'why' where id = @one", "1 experiments are failed" },
        { "update experiment set state = 'running', worker = 'w', lease_until = clock_timestamp() - interval '1 second' where id = @one", "its lease has expired" },
        { "update experiment_attempt set outcome = null, ended_at = null where experiment_id = @one and attempt = @last", "has no outcome" },
        { "update experiment_attempt set outcome = 'lease_lost' where experiment_id = @one and attempt = @last", "its last attempt is not" },
        { "insert into experiment_attempt select experiment_id, attempt + 1, fence + 1, next_seq, resumed_step, step, total_steps, worker, started_at, ended_at, outcome from experiment_attempt where experiment_id = @one and attempt = @last", "all succeeded" },
        { "insert into experiment_attempt select experiment_id, attempt + 1, fence - 1, next_seq, resumed_step, step, total_steps, worker, started_at, ended_at, 'lease_lost' from experiment_attempt where experiment_id = @one and attempt = @last", "the fence of attempt" },
        { "update experiment set fence = 0 where id = @one", "is below an attempt's" },
        { "update experiment_attempt set resumed_step = 1 where experiment_id = @one and attempt = @last", "resumed from step 1" },
        { "update experiment_attempt set step = step - 1 where experiment_id = @one and attempt = @last", "ended at" },
        { "insert into checkpoint select experiment_id, fence, 1000000, path, sha256, bytes from checkpoint where experiment_id = @one order by step limit 1", "is not the last that was committed" },
        { "insert into checkpoint select experiment_id, fence + 1, step, path, sha256, bytes from checkpoint where experiment_id = @one order by step limit 1", "was committed after" },
        { "update experiment set checkpoint_sha256 = repeat('0', 64) where id = @one", "is not the one that was committed" },
        { "update experiment e set (checkpoint_path, checkpoint_sha256) = (o.checkpoint_path, o.checkpoint_sha256) from experiment o where e.id = @one and o.id = @one + 1", "of its last checkpoint are other files" },
        { "update experiment set group_size = 4 where id = @one", "of 4 in its group" },
    };

    [Fact]
    public async Task Rows_that_nobody_touched_are_found_to_be_in_order() => Assert.Empty(await Tamper("select 1"));

    [Theory]
    [MemberData(nameof(Tampered))]
    public async Task Tampered_rows_are_found_out(string sql, string complaint) =>
        Assert.Contains(await Tamper(sql), found => found.Contains(complaint, StringComparison.Ordinal));

    // Changes rows of an experiment of the undisturbed run, looks, and changes them back. Triggers and keys are off: they guard against most of this.
    private async Task<IReadOnlyList<string>> Tamper(string sql)
    {
        await using var rows = await run.Cluster.Rows();
        await using var transaction = await rows.BeginTransactionAsync();
        await Execute("set local session_replication_role = replica");
        await Execute(sql);
        return Checker.Check(await History.Read(rows, run.Sweeps, run.Cluster.Checkpoints), Workload.Sizes, run.Undisturbed);

        async Task Execute(string statement)
        {
            await using var command = new NpgsqlCommand(statement, rows, transaction);
            var one = run.Undisturbed.Experiments[0];
            if (statement.Contains("@one", StringComparison.Ordinal)) command.Parameters.AddWithValue("one", one.Id);
            if (statement.Contains("@last", StringComparison.Ordinal)) command.Parameters.AddWithValue("last", one.Attempt);
            await command.ExecuteNonQueryAsync();
        }
    }
}
