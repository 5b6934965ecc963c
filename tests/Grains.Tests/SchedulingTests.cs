using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Grains.Sweeps;
using ViViT.Grains.Workers;
using ViViT.Storage;

namespace ViViT.Grains.Tests;

public sealed class SchedulingTests : DatabaseTest
{
    private static readonly AttemptOutcome Succeeded = new(AttemptResult.Succeeded);
    private static readonly AttemptOutcome Crashed = new(AttemptResult.Failed, FailureClass.Infrastructure, "the trainer died");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slots_are_shared_by_weight()
    {
        await using var silo = await TestSilo.Start(Database);
        var light = await silo.Submit(TestSilo.Spec(experiments: 20));
        var heavy = await silo.Submit(TestSilo.Spec(experiments: 20) with { Weight = 3 });

        var granted = new List<SweepId>();
        for (var slot = 0; slot < 12; slot++) granted.Add((await silo.Lease($"worker-{slot}")).Sweep);

        Assert.Equal((3, 9), (granted.Count(sweep => sweep == light), granted.Count(sweep => sweep == heavy)));
    }

    [Fact]
    public async Task A_sweep_of_higher_priority_comes_first_and_a_change_of_priority_counts_at_once()
    {
        await using var silo = await TestSilo.Start(Database);
        var (first, second) = (await silo.Submit(TestSilo.Spec(experiments: 4)), await silo.Submit(TestSilo.Spec(experiments: 4) with { Priority = 5 }));

        Assert.Equal(second, (await silo.Lease()).Sweep);
        Assert.Equal(second, (await silo.Lease()).Sweep);
        Assert.True(await silo.Get<Storage.Sweeps>().SetPriority(first, 6, by: null, Stop));
        await Task.Delay(100, Stop); // older than a look at the shares may be

        Assert.Equal(first, (await silo.Lease()).Sweep);
    }

    [Fact]
    public async Task A_sweep_never_has_more_slots_than_it_may_have_however_many_ask_at_once()
    {
        await using var silo = await TestSilo.Start(Database);
        await using var other = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(experiments: 30) with { MaxParallel = 4 });

        var granted = await Task.WhenAll(Enumerable.Range(0, 24).Select(slot => (slot % 2 == 0 ? silo : other).TryLease($"worker-{slot}")));

        var running = granted.OfType<LeasedExperiment>().ToList();
        Assert.Equal(4, running.Count);
        Assert.Null(await silo.TryLease());
        await silo.Report(running[0], Succeeded);
        Assert.NotNull(await silo.TryLease());
        Assert.Null(await silo.TryLease());
    }

    [Fact]
    public async Task Only_a_slot_that_has_what_is_needed_gets_the_sweep()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(experiments: 3) with { Resources = new() { MemoryGib = 20, Device = "h200" } });

        Assert.Null(await silo.TryLeaseGroup(maxGroup: 1, deviceKind: "NVIDIA H200", memoryGib: 16));
        Assert.Null(await silo.TryLeaseGroup(maxGroup: 1, deviceKind: "cpu/EPYC", memoryGib: 64));
        Assert.NotNull(await silo.TryLeaseGroup(maxGroup: 1, deviceKind: "NVIDIA H200", memoryGib: 141));
    }

    [Fact]
    public async Task A_sweep_of_higher_priority_takes_slots_by_having_them_saved_and_handed_back()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(experiments: 3));
        var victim = await silo.Lease("worker");
        await silo.Heartbeat("worker", victim);
        var urgent = await silo.Submit(TestSilo.Spec(experiments: 1) with { Priority = 1 });

        var asked = await TestSilo.Until(() => silo.Heartbeat("worker", victim), reply => reply.Release is { Count: > 0 });
        Assert.Equal(victim.Id, Assert.Single(asked.Release!).Experiment);
        Assert.Empty(asked.Lost);
        await silo.Report(victim, new AttemptOutcome(AttemptResult.Released, Reason: asked.Release![0].Reason));

        Assert.Equal(urgent, (await silo.Lease("worker")).Sweep);
        var waiting = await silo.Read(victim.Id);
        Assert.Equal((ExperimentState.Queued, 0), (waiting.State, waiting.Failures));
        Assert.Equal(FailureClass.Preempted, Assert.Single(await silo.Attempts(victim.Id)).Class);
    }

    [Fact]
    public async Task An_idle_slot_serves_before_anything_is_taken_away()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(experiments: 1));
        var running = await silo.Lease("busy");
        await silo.Heartbeat("busy", running);
        await silo.Heartbeat("idle");
        await silo.Submit(TestSilo.Spec(experiments: 1) with { Priority = 1 });

        await Task.Delay(TimeSpan.FromSeconds(2.5), Stop); // two looks of the scheduler

        Assert.Empty((await silo.Heartbeat("busy", running)).Release ?? []);
    }

    [Fact]
    public async Task A_paused_sweep_starts_nothing_hands_back_what_runs_and_goes_on_when_resumed()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 2));
        var running = await silo.Lease();

        Assert.True(await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).Pause("token ada"));

        Assert.Equal(SweepState.Paused, (await silo.Status(sweep)).State);
        Assert.Null(await silo.TryLease("another"));
        var reply = await TestSilo.Until(() => silo.Heartbeat("worker", running), reply => reply.Release is { Count: > 0 });
        Assert.Contains("paused", Assert.Single(reply.Release!).Reason, StringComparison.Ordinal);
        await silo.Report(running, new AttemptOutcome(AttemptResult.Released, Reason: "paused"));

        Assert.True(await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).Resume("token ada"));
        Assert.Equal(running.Id, (await silo.Lease()).Id);
    }

    [Fact]
    public async Task Exactly_what_failed_is_tried_again_under_the_same_numbers()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 3, maxAttempts: 1));
        var (good, bad, worse) = (await silo.Lease(), await silo.Lease(), await silo.Lease());
        await silo.Report(good, Succeeded);
        await silo.Report(bad, Crashed);
        await silo.Report(worse, new AttemptOutcome(AttemptResult.Failed, FailureClass.Numerical, "diverged at step 12"));
        await silo.UntilSweep(sweep, SweepState.Failed);

        Assert.Equal([bad.Id, worse.Id], await silo.Grains.GetGrain<ISweepGrain>(sweep.Value).RetryFailed("token ada") ?? []);

        Assert.Equal(SweepState.Running, (await silo.Status(sweep)).State);
        foreach (var expected in (LeasedExperiment[])[bad, worse])
        {
            var again = await silo.Lease();
            Assert.Equal((expected.Id, 2), (again.Id, again.Attempt));
            await silo.Report(again, Succeeded);
        }

        Assert.Equal(3, (await silo.UntilSweep(sweep, SweepState.Succeeded)).Counts.Succeeded);
    }

    [Fact]
    public async Task One_experiment_is_tried_again_or_refused()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 2, maxAttempts: 1));
        var (good, bad) = (await silo.Lease(), await silo.Lease());
        await silo.Report(good, Succeeded);
        await silo.Report(bad, Crashed);
        await silo.UntilSweep(sweep, SweepState.Failed);
        var grain = silo.Grains.GetGrain<ISweepGrain>(sweep.Value);

        Assert.Equal(ReportStatus.LeaseLost, (await grain.Retry(good.Id, "token ada")).Status);
        Assert.Equal(ReportStatus.Accepted, (await grain.Retry(bad.Id, "token ada")).Status);

        Assert.Equal(bad.Id, (await silo.Lease()).Id);
    }

    [Fact]
    public async Task A_worker_that_fails_experiments_of_three_sweeps_in_a_row_is_cordoned_and_says_why()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Heartbeat("broken");
        for (var sweep = 0; sweep < 3; sweep++) await silo.Submit(TestSilo.Spec());
        for (var lease = 0; lease < 3; lease++) await silo.Report(await silo.Lease("broken"), Crashed);

        var worker = await TestSilo.Until(async () => (await silo.Get<Storage.Workers>().List(Stop)).Single(), row => row.Cordoned is not null);

        Assert.Contains("3 sweeps", worker.Cordoned, StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromSeconds(2.5), Stop); // past every backoff
        Assert.Null(await silo.TryLease("broken"));
        Assert.NotNull(await silo.TryLease("sound"));
        Assert.Contains("worker_cordoned", (await silo.Get<Events>().List(null, null, 0, 1_000, Stop)).Select(e => e.Kind));
    }

    [Fact]
    public async Task Failures_of_one_sweep_are_not_the_workers()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Heartbeat("worker");
        await silo.Submit(TestSilo.Spec(experiments: 5));
        for (var lease = 0; lease < 5; lease++) await silo.Report(await silo.Lease(), Crashed);

        await silo.Grains.GetGrain<IWorkerGrain>("worker").AttemptFailed();
        await silo.Heartbeat("worker"); // after it, since a grain takes one call at a time

        Assert.Null(Assert.Single(await silo.Get<Storage.Workers>().List(Stop)).Cordoned);
    }

    [Fact]
    public async Task After_a_failure_another_worker_is_preferred_as_long_as_there_is_one()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Heartbeat("worker");
        await silo.Heartbeat("another");
        await silo.Submit(TestSilo.Spec());
        var first = await silo.Lease("worker");
        await silo.Report(first, Crashed);

        await TestSilo.Until(async () => (await silo.Get<Storage.Experiments>().Detail(first.Id, Stop))!.Row.ReadyAt, ready => ready is null);
        Assert.Null(await silo.TryLease("worker"));
        Assert.NotNull(await silo.TryLease("another"));
    }

    [Fact]
    public async Task Out_of_memory_comes_back_in_half_the_group_and_then_in_pieces()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Submit(TestSilo.Spec(experiments: 2, group: new GroupSetting(2)));
        var tooLarge = new AttemptOutcome(AttemptResult.Failed, FailureClass.OutOfMemory, "out of memory");

        var pair = (await silo.TryLeaseGroup())!;
        foreach (var member in pair.Experiments) await silo.Report(member, tooLarge);
        var alone = (await silo.TryLeaseGroup())!;
        await silo.Report(Assert.Single(alone.Experiments), tooLarge);
        var pieces = (await silo.TryLeaseGroup())!;

        Assert.Equal((2, 1, 1), (pair.GroupSize, alone.GroupSize, pieces.GroupSize));
        Assert.Equal((alone.Experiments[0].Id, 2), (pieces.Experiments[0].Id, pieces.Experiments[0].Accumulate));
        Assert.Equal(0, (await silo.Read(alone.Experiments[0].Id)).Failures);
    }

    [Fact]
    public async Task A_draining_worker_gets_nothing_and_is_told_to_end()
    {
        await using var silo = await TestSilo.Start(Database);
        await silo.Heartbeat("worker");
        await silo.Submit(TestSilo.Spec());

        Assert.True(await silo.Get<Storage.Workers>().Drain("worker", by: null, Stop));

        Assert.True((await silo.Heartbeat("worker")).Drain);
        Assert.Null(await silo.TryLease("worker"));
        Assert.False(await silo.Get<Storage.Workers>().Drain("nobody", by: null, Stop));
    }

    [Fact]
    public async Task Cancelling_one_experiment_lets_the_others_go_on()
    {
        await using var silo = await TestSilo.Start(Database);
        var sweep = await silo.Submit(TestSilo.Spec(experiments: 2));
        var (first, second) = (await silo.Lease(), await silo.Lease());

        await silo.Grains.GetGrain<IExperimentGrain>(first.Id.Value).Report(new ExperimentEvent.Cancelled("by ada"));

        Assert.Equal([first.Id], (await silo.Heartbeat("worker", first, second)).Lost);
        await silo.Report(second, Succeeded);
        var counts = (await silo.UntilSweep(sweep, SweepState.Succeeded)).Counts;
        Assert.Equal((1, 1), (counts.Succeeded, counts.Cancelled));
    }
}
