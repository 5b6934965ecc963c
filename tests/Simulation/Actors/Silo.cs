using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>
/// One life of a control plane: what the experiment and worker grains do, statement by statement. Two of them at once keep all grains twice, which Orleans
/// never promises not to happen for a moment: the rows have to be enough.
/// </summary>
internal sealed class Silo
{
    public static readonly TimeSpan TakenForDead = TimeSpan.FromSeconds(3);
    private const int MostTries = 10;
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromSeconds(10);

    private readonly World world;
    private readonly Scheduler scheduler;
    private readonly Dictionary<SweepId, SweepSeat> sweeps = [];

    public Silo(World world, int number)
    {
        (this.world, Number) = (world, number);
        Life = new();
        scheduler = new(world, this);
    }

    public int Number { get; }

    public Life Life { get; }

    /// <summary>The others take it for dead.</summary>
    public bool IsEvicted { get; set; }

    public void Start()
    {
        scheduler.Start();
        PlanReminders();
    }

    public Task<Reply<Lease>> Lease(Turn turn, string worker, LeaseRequest request) => scheduler.Lease(turn, worker, request);

    public async Task<HeartbeatReply> Heartbeat(Turn turn, string worker, Heartbeat heartbeat)
    {
        var (lost, release) = await world.Database.Do(turn, store => store.Renew(worker, heartbeat.Held, Scenario.Term));
        var drain = await world.Database.Do(turn, store => store.Heard(worker, heartbeat));
        return new(lost, Scenario.Term.TotalSeconds, release, drain);
    }

    public async Task<IReadOnlyList<ReportReply>> Flush(Turn turn, IReadOnlyList<MetricFlush> flushes) => await world.Database.Do(turn, store => store.Flush(flushes));

    public async Task<ReportReply> Commit(Turn turn, CheckpointCommit commit) => await world.Database.Do(turn, store => store.Commit(commit));

    public async Task<ReportReply> Measured(Turn turn, MeasuredShape measured)
    {
        await world.Database.Do(turn, store =>
        {
            store.StoreGroupSize(measured);
            return true;
        });
        return new(ReportStatus.Accepted);
    }

    /// <summary>As ExperimentGrain.Report.</summary>
    public async Task<ReportReply> Report(Turn turn, ExperimentId id, ExperimentEvent e)
    {
        for (var tries = 1; ; tries++)
        {
            if (await world.Database.Do(turn, store => store.ReadExperiment(id)) is not var (before, etag)) return new(ReportStatus.LeaseLost);
            var after = before.Apply(world.Database.ForgetsFences ? Refenced(e, before) : e);
            if (after == before) return await Unmoved(turn, e, before);
            var ending = before.State == ExperimentState.Running ? AttemptEnding.Of(e) : null;
            var written = await world.Database.Do(turn, store =>
            {
                store.Audit?.Deciding(e);
                return store.WriteExperiment(after, ending, etag);
            });
            if (written is null && tries < MostTries) continue;
            if (written is null)
            {
                turn.Fail();
                await new Answer<bool>();
            }

            if (world.IsTraced) world.Say($"silo {Number}: experiment {id} {before.State} -> {after.State} (fence {after.Fence}, failures {after.Failures}): {after.Reason ?? e.GetType().Name}");
            Tell(after);
            if (before.Worker is { } worker && ending?.Class == FailureClass.Infrastructure) world.Start(() => AttemptFailed(new Turn(Life), worker));
            return new(ReportStatus.Accepted);
        }
    }

    /// <summary>The sweep's grain, if this is where it lives now.</summary>
    public SweepSeat Sweep(SweepId id)
    {
        if (!sweeps.TryGetValue(id, out var seat)) sweeps[id] = seat = new(world, this, id);
        return seat;
    }

    public void Drop(SweepSeat seat)
    {
        if (sweeps.GetValueOrDefault(seat.Id) == seat) sweeps.Remove(seat.Id);
    }

    private async Task<ReportReply> Unmoved(Turn turn, ExperimentEvent e, Experiment experiment)
    {
        var status = LateReport.Status(e, await world.Database.Do(turn, store => store.Attempts(experiment.Id)));
        if (status == ReportStatus.Duplicate) Tell(experiment);
        return new(status);
    }

    private void Tell(Experiment experiment)
    {
        if (!experiment.State.IsFinal()) return;
        var owner = world.OwnerOf(experiment.Sweep);
        world.Agenda.After(world.Dice.Seconds(0.0005, 0.02), owner.Life, owner.Sweep(experiment.Sweep).ExperimentEnded);
    }

    // As WorkerGrain.AttemptFailed.
    private async Task AttemptFailed(Turn turn, string worker)
    {
        if (CordonRule.Due(await world.Database.Do(turn, store => store.Endings(worker))) is not { } reason) return;
        await world.Database.Do(turn, store => store.Cordon(worker, reason));
        world.Say($"worker {worker} is cordoned: {reason}");
    }

    private void PlanReminders() => world.Agenda.After(ReminderPeriod, Life, () =>
    {
        foreach (var id in world.Submitted.Keys.Where(id => world.OwnerOf(id) == this)) Sweep(id).Remind();
        PlanReminders();
    });

    private static ExperimentEvent Refenced(ExperimentEvent e, Experiment current) => e switch
    {
        ExperimentEvent.AttemptEnded ended => ended with { Fence = current.Fence },
        ExperimentEvent.LeaseLost lost => lost with { Fence = current.Fence },
        _ => e,
    };
}

/// <summary>An answer that may be that there is nothing.</summary>
internal sealed record Reply<T>(T? Value)
    where T : class;
