using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Grains.Scheduling;
using ViViT.Grains.Sweeps;

namespace ViViT.Grains.Tests;

public sealed class OrchestrationTests : DatabaseTest
{
    private static readonly AttemptOutcome Succeeded = new(AttemptResult.Succeeded);
    private static readonly AttemptOutcome Crashed = new(AttemptResult.Failed, FailureClass.Infrastructure, "the trainer died");
    private static readonly AttemptOutcome Released = new(AttemptResult.Released, Reason: "the worker drains");

    [Fact]
    public async Task A_sweep_succeeds_when_all_its_experiments_did()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 3));

        for (var experiment = 0; experiment < 3; experiment++)
        {
            Assert.Equal(ReportStatus.Accepted, await silo.Report(await silo.Lease(), Succeeded));
        }

        Assert.Null(await silo.TryLease());
        var status = await silo.UntilSweep(sweep, SweepState.Succeeded);
        Assert.Equal(3, status.Counts.Succeeded);
    }

    [Fact]
    public async Task A_lease_tells_everything_that_a_trainer_needs()
    {
        await using var silo = await TestSilo.Start(Database, termSeconds: 7);
        var sweep = await silo.Submit(TestSilo.Spec());

        var lease = await silo.Grains.GetGrain<ISchedulerGrain>(TestSilo.Pool).Lease("worker", new LeaseRequest(TestSilo.Pool, "0", "cpu", "cpu/test", MaxGroup: 4, WaitSeconds: 0));

        var leased = Assert.Single(lease!.Experiments);
        Assert.Equal(7, lease.TermSeconds);
        Assert.Equal((sweep, 1, "shapes3d", null), (leased.Sweep, leased.Attempt, leased.Spec.Data.Name, leased.ResumeFrom));
        Assert.Equal(leased.Fence, (await silo.Read(leased.Id)).Fence);
    }

    [Fact]
    public async Task An_unsound_sweep_is_told_what_is_wrong_and_stores_nothing()
    {
        await using var silo = await TestSilo.Start(Database);

        var problems = await silo.Grains.GetGrain<ISweepGrain>(5).Submit(TestSilo.Spec(maxAttempts: 0), "token ada");

        Assert.Equal("max_attempts", Assert.Single(problems).Path);
        Assert.Empty(await silo.Get<Storage.Sweeps>().List(10, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Submitting_a_sweep_again_changes_nothing()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 2));
        await silo.Lease();
        var before = (await silo.Status(sweep)).Counts;

        await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).Submit(TestSilo.Spec(experiments: 2), "token ada");

        Assert.Equal(before, (await silo.Status(sweep)).Counts);
    }

    [Fact]
    public async Task An_infrastructure_failure_is_tried_again_until_the_attempts_are_used_up()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(maxAttempts: 2));

        var first = await silo.Lease();
        await silo.Report(first, Crashed);
        var between = await silo.Read(first.Id);
        var second = await silo.Lease();
        await silo.Report(second, Crashed);

        Assert.Equal((ExperimentState.Queued, "the trainer died"), (between.State, between.Reason));
        Assert.Equal((first.Id, 2), (second.Id, second.Attempt));
        Assert.True(second.Fence > between.Fence && between.Fence > first.Fence);
        Assert.Equal(ExperimentState.Failed, (await silo.Read(first.Id)).State);
        await silo.UntilSweep(sweep, SweepState.Failed);
        Assert.Equal(["failed", "failed"], (await silo.Attempts(first.Id)).Select(attempt => attempt.Outcome));
    }

    [Theory]
    [InlineData(FailureClass.User)]
    [InlineData(FailureClass.Numerical)]
    public async Task A_failure_that_another_attempt_cannot_mend_is_final(FailureClass failure)
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec());
        var lease = await silo.Lease();

        await silo.Report(lease, new AttemptOutcome(AttemptResult.Failed, failure, "why"));

        var ended = await silo.Read(lease.Id);
        Assert.Equal((ExperimentState.Failed, "why", 1), (ended.State, ended.Reason, ended.Attempt));
        await silo.UntilSweep(sweep, SweepState.Failed);
    }

    [Fact]
    public async Task A_released_experiment_waits_again_and_keeps_its_attempts()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(maxAttempts: 1));

        var first = await silo.Lease();
        Assert.Equal(ReportStatus.Accepted, await silo.Report(first, Released));
        var second = await silo.Lease();

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(ReportStatus.Accepted, await silo.Report(second, Succeeded));
        Assert.Equal(["released", "succeeded"], (await silo.Attempts(first.Id)).Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_late_outcome_under_an_old_fence_changes_nothing()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec());
        var old = await silo.Lease();
        await silo.Grains.GetGrain<IExperimentGrain>(old.Id.Value).Report(new ExperimentEvent.LeaseLost(old.Fence, "expired"));
        await silo.Lease("other");
        var before = await silo.Read(old.Id);

        var reply = await silo.Report(old, Succeeded);

        Assert.Equal(ReportStatus.LeaseLost, reply);
        Assert.Equal(before, await silo.Read(old.Id));
        Assert.Equal(["lease_lost", null], (await silo.Attempts(old.Id)).Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task An_outcome_told_again_is_a_duplicate_whatever_it_was()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec());

        foreach (var outcome in (AttemptOutcome[])[Released, Crashed, Succeeded])
        {
            var lease = await silo.Lease();
            Assert.Equal(ReportStatus.Accepted, await silo.Report(lease, outcome));
            var stored = await silo.Read(lease.Id);

            Assert.Equal(ReportStatus.Duplicate, await silo.Report(lease, outcome));
            Assert.Equal(stored, await silo.Read(lease.Id));
        }
    }

    [Fact]
    public async Task Another_outcome_under_a_fence_that_ended_is_no_duplicate()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec());
        var lease = await silo.Lease();
        await silo.Report(lease, Crashed);

        Assert.Equal(ReportStatus.LeaseLost, await silo.Report(lease, Succeeded));
    }

    [Fact]
    public async Task Reports_on_an_experiment_that_does_not_exist_are_turned_away()
    {
        await using var silo = await TestSilo.Start(Database);

        var reply = await silo.Grains.GetGrain<IExperimentGrain>(404).Report(new ExperimentEvent.AttemptEnded(1, Succeeded));

        Assert.Equal(ReportStatus.LeaseLost, reply.Status);
    }

    [Fact]
    public async Task Many_outcomes_at_once_are_each_stored_once()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 20));
        var leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => silo.Lease()));

        var replies = await Task.WhenAll(leases.SelectMany(lease => (Task<ReportStatus>[])[silo.Report(lease, Succeeded), silo.Report(lease, Succeeded)]));

        Assert.Equal(20, replies.Count(reply => reply == ReportStatus.Accepted));
        Assert.Equal(20, replies.Count(reply => reply == ReportStatus.Duplicate));
        Assert.Equal(20, (await silo.UntilSweep(sweep, SweepState.Succeeded)).Counts.Succeeded);
    }

    [Fact]
    public async Task A_lease_that_nobody_renews_goes_to_another_worker_under_a_higher_fence()
    {
        await using var silo = await TestSilo.Start(Database, termSeconds: 0.5);
        await silo.Submit(TestSilo.Spec());
        var lost = await silo.Lease("silent");

        await silo.UntilExperiment(lost.Id, ExperimentState.Queued);
        var next = await silo.Lease("other");

        Assert.True(next.Fence > lost.Fence);
        Assert.Equal(2, next.Attempt);
        var attempts = await silo.Attempts(lost.Id);
        Assert.Equal(("lease_lost", null), (attempts[0].Outcome, attempts[1].Outcome));
        Assert.Equal([lost.Id], (await silo.Heartbeat("silent", lost)).Lost);
    }

    [Fact]
    public async Task A_group_that_nobody_renews_goes_to_another_worker_whole_and_in_its_places()
    {
        await using var silo = await TestSilo.Start(Database, termSeconds: 0.5);
        await silo.Submit(TestSilo.Spec(experiments: 3, group: new(3)));
        var lost = (await silo.TryLeaseGroup("silent"))!;
        Assert.Equal((3, 3), (lost.Experiments.Count, lost.GroupSize));
        await silo.Report(lost.Experiments[1], Succeeded);

        foreach (var experiment in (LeasedExperiment[])[lost.Experiments[0], lost.Experiments[2]]) await silo.UntilExperiment(experiment.Id, ExperimentState.Queued);
        var next = (await TestSilo.Until(() => silo.TryLeaseGroup("other"), lease => lease is not null))!;

        Assert.Equal(3, next.GroupSize);
        Assert.Equal([(lost.Experiments[0].Id, 0, 2), (lost.Experiments[2].Id, 2, 2)], next.Experiments.Select(experiment => (experiment.Id, experiment.Place, experiment.Attempt)));
    }

    [Fact]
    public async Task An_unknown_shape_is_measured_before_its_first_group_is_formed()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(experiments: 4));

        var first = (await silo.TryLeaseGroup())!;
        Assert.Equal((0, 30), (first.Experiments.Count, first.TermSeconds));
        await silo.Get<Storage.GroupSizes>().Store(new("cpu/test", first.Measure!.Shape, 2, [1, 2, 4], [10, 15, 14]), TestContext.Current.CancellationToken);

        Assert.Equal(2, (await silo.TryLeaseGroup())!.Experiments.Count);
        Assert.Equal(2, (await silo.TryLeaseGroup())!.GroupSize);
        Assert.Null(await silo.TryLeaseGroup());
    }

    [Fact]
    public async Task A_lease_that_is_renewed_stays()
    {
        await using var silo = await TestSilo.Start(Database, termSeconds: 1);
        await silo.Submit(TestSilo.Spec());
        var lease = await silo.Lease();

        for (var beat = 0; beat < 12; beat++)
        {
            await Task.Delay(250, TestContext.Current.CancellationToken);
            Assert.Empty((await silo.Heartbeat("worker", lease)).Lost);
        }

        Assert.Equal((ExperimentState.Running, lease.Fence), ((await silo.Read(lease.Id)).State, (await silo.Read(lease.Id)).Fence));
    }

    [Fact]
    public async Task Cancelling_a_sweep_ends_what_waits_and_what_runs()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 3));
        var done = await silo.Lease();
        await silo.Report(done, Succeeded);
        var running = await silo.Lease();

        Assert.True(await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).Cancel("token ada"));
        Assert.True(await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).Cancel("token ada"));

        var status = await silo.Status(sweep);
        Assert.Equal((SweepState.Cancelled, 1, 2), (status.State, status.Counts.Succeeded, status.Counts.Cancelled));
        Assert.Equal([running.Id], (await silo.Heartbeat("worker", running)).Lost);
        Assert.Equal(ReportStatus.LeaseLost, await silo.Report(running, Succeeded));
        Assert.Null(await silo.TryLease());
    }

    [Fact]
    public async Task A_sweep_that_does_not_exist_cannot_be_cancelled()
    {
        await using var silo = await TestSilo.Start(Database);

        Assert.False(await silo.Grains.GetGrain<ISweepGrain>(404).Cancel("token ada"));
    }

    [Fact]
    public async Task Two_silos_never_lease_an_experiment_twice()
    {
        await using var one = await TestSilo.Start(Database);
        await using var two = await TestSilo.Start(Database);
        await one.Submit(TestSilo.Spec(experiments: 40));

        var leases = await Task.WhenAll(Enumerable.Range(0, 60).Select(claim => (claim % 2 == 0 ? one : two).TryLease($"worker-{claim}")));

        var granted = leases.OfType<LeasedExperiment>().ToList();
        Assert.Equal(40, granted.Count);
        Assert.Equal(40, granted.DistinctBy(lease => lease.Id).Count());
    }

    [Fact]
    public async Task Only_the_pool_that_a_sweep_names_gets_its_experiments()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(pool: "gpu"));

        Assert.Null(await silo.TryLease());
    }
}
