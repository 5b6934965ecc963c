using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

public sealed class LeasesTests
{
    [Fact]
    public async Task A_claim_raises_the_fence_and_opens_the_attempt()
    {
        await using var store = await Create();
        await store.Submit();

        var lease = await store.Claim("gpu-0");

        var (experiment, _) = (await store.Experiments.Read(lease.Id, default)).GetValueOrDefault();
        Assert.Equal((ExperimentState.Running, 1, 1, "gpu-0"), (experiment.State, experiment.Fence, experiment.Attempt, experiment.Worker));
        var attempt = Assert.Single(await store.Experiments.Attempts(lease.Id, default));
        Assert.Equal((1, 1L, "gpu-0", null, null), (attempt.Attempt, attempt.Fence, attempt.Worker, attempt.ResumedStep, attempt.Outcome));
        Assert.Null(await store.ClaimGroup("other"));
    }

    [Fact]
    public async Task Many_claims_at_once_never_grant_an_experiment_twice()
    {
        await using var store = await Create();
        await store.Submit(seeds: 60);

        var granted = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => Task.Run(() => store.ClaimGroup($"w{i}"))));

        Assert.Equal(60, granted.OfType<Lease>().Select(lease => Assert.Single(lease.Experiments).Id).Distinct().Count());
        Assert.Equal(60, granted.OfType<Lease>().Count());
    }

    [Fact]
    public async Task Only_the_holder_under_the_current_fence_renews()
    {
        await using var store = await Create();
        await store.Submit(seeds: 2);
        var (mine, others) = (await store.Claim("me", T0), await store.Claim("you", T0));

        var (lost, _) = await store.Leases.Renew("me", [new(mine.Id, mine.Fence), new(others.Id, others.Fence), new(new(999), 1)], Term, T0 + (Term / 2), default);

        Assert.Equal([others.Id, new(999)], lost);
        Assert.Equal([others.Id], (await store.Leases.Expired("local", 10, T0 + Term + TimeSpan.FromSeconds(1), default)).Select(expired => expired.Lease.Experiment));
        Assert.Equal([mine.Id], (await store.Leases.Renew("me", [new(mine.Id, mine.Fence - 1)], Term, T0, default)).Lost);
    }

    [Fact]
    public async Task A_lease_expires_only_after_its_term()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim("w", T0);

        Assert.Empty(await store.Leases.Expired("local", 10, T0 + Term - TimeSpan.FromMilliseconds(1), default));
        Assert.Equal((new Held(lease.Id, lease.Fence), "w"), Assert.Single(await store.Leases.Expired("local", 10, T0 + Term + TimeSpan.FromMilliseconds(1), default)));
    }

    [Fact]
    public async Task A_lost_lease_closes_its_attempt_and_the_next_one_resumes_from_the_checkpoint()
    {
        await using var store = await Create();
        await store.Submit();
        var first = await store.Claim();
        var manifest = new CheckpointManifest(50, "experiment-1/fence-1/step-50", "ab", 10);
        Assert.Equal(ReportStatus.Accepted, (await store.Checkpoints.Commit(new(first.Id, first.Fence, manifest), default)).Status);

        await store.Apply(first.Id, new ExperimentEvent.LeaseLost(first.Fence, "silent"));
        var second = await store.Claim();

        Assert.True(second.Fence > first.Fence + 1);
        Assert.Equal(manifest, second.ResumeFrom);
        var attempts = await store.Experiments.Attempts(first.Id, default);
        Assert.Equal([("lease_lost", "silent", null), (null, null, 50L)], attempts.Select(attempt => (attempt.Outcome, attempt.Reason, attempt.ResumedStep)));
    }

    [Fact]
    public async Task A_checkpoint_under_an_old_fence_or_of_an_earlier_step_changes_nothing()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();
        CheckpointCommit At(long step, long fence) => new(lease.Id, fence, new(step, $"step-{step}", "ab", 1));

        Assert.Equal(ReportStatus.Accepted, (await store.Checkpoints.Commit(At(50, lease.Fence), default)).Status);
        Assert.Equal(ReportStatus.Duplicate, (await store.Checkpoints.Commit(At(50, lease.Fence), default)).Status);
        Assert.Equal(ReportStatus.LeaseLost, (await store.Checkpoints.Commit(At(60, lease.Fence - 1), default)).Status);
        Assert.Equal(50, (await store.Experiments.Detail(lease.Id, default))!.Checkpoint!.Step);
    }

    [Fact]
    public async Task A_write_over_a_row_that_changed_since_is_refused()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();
        var (running, etag) = (await store.Experiments.Read(lease.Id, default)).GetValueOrDefault();
        await store.Apply(lease.Id, new ExperimentEvent.LeaseLost(lease.Fence, "silent"));

        var succeeded = running.Apply(new ExperimentEvent.AttemptEnded(lease.Fence, new AttemptOutcome(AttemptResult.Succeeded)));

        Assert.Null(await store.Experiments.Write(succeeded, new AttemptEnding("succeeded", null, null), by: null, etag, default));
        Assert.Equal(ExperimentState.Queued, (await store.Experiments.Read(lease.Id, default))!.Value.Experiment.State);
    }

    [Fact]
    public async Task Cancelling_a_sweep_in_bulk_does_to_each_experiment_what_the_pure_function_does()
    {
        await using var store = await Create();
        var sweep = await store.Submit(seeds: 3);
        var (running, done) = (await store.Claim(), await store.Claim());
        await store.Apply(done.Id, new ExperimentEvent.AttemptEnded(done.Fence, new AttemptOutcome(AttemptResult.Succeeded)));
        var ids = (await store.Experiments.List(sweep, null, -1, 10, default)).Select(row => row.Id).ToArray();
        var expected = new List<Experiment>();
        foreach (var id in ids) expected.Add((await store.Experiments.Read(id, default))!.Value.Experiment.Apply(new ExperimentEvent.Cancelled("by ada")));

        await store.Sweeps.CancelExperiments(sweep, "by ada", default);

        foreach (var (id, experiment) in ids.Zip(expected)) Assert.Equal(experiment, (await store.Experiments.Read(id, default))!.Value.Experiment);
        Assert.Equal(new StateCounts(0, 0, 0, 1, 0, 0, 2), await store.Sweeps.Counts(sweep, default));
        Assert.Equal(("cancelled", FailureClass.Cancelled), Assert.Single((await store.Experiments.Attempts(running.Id, default)).Select(attempt => (attempt.Outcome, attempt.Class!.Value))));
    }

    [Fact]
    public async Task Cancelling_closes_the_attempt_of_a_grant_that_it_had_to_wait_for()
    {
        await using var store = await Create();
        var sweep = await store.Submit();
        await using var worker = await store.Database.Source.OpenConnectionAsync();
        await using var grant = await worker.BeginTransactionAsync();
        await worker.Execute("""
            update experiment set state = 'running', fence = 1, attempt = 1, worker = 'w', lease_until = now() + interval '1 minute';
            insert into experiment_attempt (experiment_id, attempt, fence, worker, started_at) select id, 1, 1, 'w', now() from experiment
            """, default);

        var cancelling = store.Sweeps.CancelExperiments(sweep, "by ada", default);
        while (await store.Database.Scalar<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0) await Task.Yield();
        await grant.CommitAsync();
        await cancelling;

        var row = Assert.Single(await store.Experiments.List(sweep, ExperimentState.Cancelled, -1, 10, default));
        Assert.Equal(("cancelled", "by ada"), Assert.Single((await store.Experiments.Attempts(row.Id, default)).Select(attempt => (attempt.Outcome, attempt.Reason))));
        Assert.Equal(ReportStatus.LeaseLost, (await store.Metrics.Flush([new(row.Id, 1, 0, 1, 1, [new("train/loss", [1], [1])])], default))[0].Status);
    }

    [Fact]
    public async Task A_fence_never_falls()
    {
        await using var store = await Create();
        await store.Submit();
        await store.Claim();

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => store.Database.Execute("update experiment set fence = fence - 1"));

        Assert.Contains("cannot fall", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_allows_exactly_the_moves_of_the_pure_function()
    {
        await using var store = await Create();
        await store.Submit(seeds: 1);
        var states = Enum.GetValues<ExperimentState>();
        var legal = new HashSet<(ExperimentState, ExperimentState)>();
        foreach (var from in states)
        {
            var experiment = new Experiment { State = from, Fence = 1, Attempt = 1, MaxAttempts = 2 };
            ExperimentEvent[] events =
            [
                new ExperimentEvent.Submitted(), new ExperimentEvent.Granted("w", 2), new ExperimentEvent.LeaseLost(1, "l"), new ExperimentEvent.Cancelled("c"),
                new ExperimentEvent.StoppedByRule("s"), new ExperimentEvent.Retried("r"),
                .. Enum.GetValues<AttemptResult>().SelectMany(result => Enum.GetValues<FailureClass>().Select(failure => new ExperimentEvent.AttemptEnded(1, new AttemptOutcome(result, failure, "r")))),
            ];
            legal.UnionWith(events.Select(e => (from, experiment.Apply(e).State)).Where(move => move.from != move.State));
        }

        foreach (var (from, to) in states.SelectMany(from => states.Select(to => (from, to))).Where(move => move.from != move.to))
        {
            string Columns(ExperimentState state) =>
                $"state = '{Sql.Text(state)}', reason = 'r', worker = {(state == ExperimentState.Running ? "'w'" : "null")}, lease_until = {(state == ExperimentState.Running ? "now()" : "null")}";
            await store.Database.Execute($"set session_replication_role = replica; update experiment set {Columns(from)}; set session_replication_role = origin");
            var refused = await Record.ExceptionAsync(() => store.Database.Execute($"update experiment set {Columns(to)}"));
            Assert.True((refused is null) == legal.Contains((from, to)), $"{from} -> {to}: {refused?.Message ?? "allowed"}");
        }
    }
}
