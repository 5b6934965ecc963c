using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Simulation.Tests.Store;

/// <summary>src/Storage/Leases.cs.</summary>
internal sealed partial class SimulatedStore
{
    private const int WorthMeasuring = 3;
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Avoidance = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AliveFor = TimeSpan.FromSeconds(30);

    /// <summary>The first statement of a claim that waits for others: locks the sweep's row until the claim ends.</summary>
    /// <returns>Whether there is room; null when another claim holds the lock.</returns>
    public bool? LockBelowLimit(SweepId id, object claim)
    {
        if (!Sweeps.TryGetValue(id.Value, out var sweep)) return true;
        if (fault != StoreFault.LimitUnlocked)
        {
            if (sweep.LockedBy is not null) return null;
            sweep.LockedBy = claim;
        }

        return sweep.Spec.MaxParallel is not { } most || RunningLeases(sweep) < most;
    }

    public void Unlock(SweepId id, object claim)
    {
        if (Sweeps.TryGetValue(id.Value, out var sweep) && sweep.LockedBy == claim) sweep.LockedBy = null;
    }

    /// <summary>The rest of a claim.</summary>
    public Lease? Grant(SweepId id, string worker, LeaseRequest request, TimeSpan term)
    {
        var number = ++LastLease;   // a statement takes one, whether it grants or not
        if (Head(id, worker, request) is not { } head) return null;
        var most = MostOf(head, request);
        if (most == 0)
        {
            var alike = head.Sweep.Experiments.Count(e => e.IsOffered && e.Group is null && e.GroupKey == head.GroupKey);
            if (alike >= WorthMeasuring) return new([], term.TotalSeconds, Measure: new(head.ShapeKey!, head.Cell.Spec));
            (most, number) = (1, ++LastLease);
        }

        var members = new List<StoredExperiment> { head };
        members.AddRange(head.Group is null ? Free(head, most, request.Pool) : Mates(head, most));
        members.Sort((a, b) => a.Id.Value.CompareTo(b.Id.Value));
        for (var place = 0; place < members.Count; place++)
        {
            var e = members[place];
            (e.State, e.StateSince, e.Fence, e.Attempt, e.Worker, e.LeaseUntil) = (ExperimentState.Running, Now, e.Fence + 1, e.Attempt + 1, worker, Now + term);
            (e.Reason, e.Release, e.Avoid, e.Group, e.GroupSize, e.GroupPlace) = (null, null, null, e.Group ?? number, e.GroupSize ?? members.Count, e.GroupPlace ?? place);
            e.Lease = number;
            e.Version++;
            e.Attempts.Add(new()
            {
                Number = e.Attempt,
                Fence = e.Fence,
                Worker = worker,
                Resumed = e.Checkpoint?.Step,
                Step = e.Checkpoint?.Step ?? 0,
                TotalSteps = e.Attempts.LastOrDefault()?.TotalSteps ?? 0,
                StartedAt = Now,
            });
        }

        var lease = new Lease(
            [.. members.OrderBy(e => e.GroupPlace).Select(e => new LeasedExperiment(e.Id, id, e.Attempt, e.Fence, e.Cell.Spec, e.Checkpoint, e.GroupPlace!.Value, e.Accumulate))],
            term.TotalSeconds, members[0].GroupSize!.Value);
        Audit?.Granted(lease, members, worker);
        return lease;
    }

    /// <summary>The first experiment of the sweep that could start now on the worker.</summary>
    public StoredExperiment? Head(SweepId id, string worker, LeaseRequest request)
    {
        if (!Sweeps.TryGetValue(id.Value, out var sweep) || sweep.State != SweepState.Running) return null;
        foreach (var e in sweep.Experiments)
        {
            if (!e.IsOffered) continue;
            if (e.Avoid == worker && e.StateSince > Now - Avoidance && HasAnother(request.Pool, worker)) continue;
            if (e.GroupSize is > 1 && (e.GroupSize > request.MaxGroup || (e.StateSince > Now - Gather && HasRunningMate(e)))) continue;
            return e;
        }

        return null;
    }

    public (IReadOnlyList<ExperimentId> Lost, IReadOnlyList<ReleaseRequest> Release) Renew(string worker, IReadOnlyList<Held> held, TimeSpan term)
    {
        List<ExperimentId> renewed = [];
        List<ReleaseRequest> release = [];
        foreach (var one in held.OrderBy(one => one.Experiment.Value))
        {
            if (!Experiments.TryGetValue(one.Experiment.Value, out var e) || e.Fence != one.Fence || e.State != ExperimentState.Running || e.Worker != worker) continue;
            e.LeaseUntil = Now + term;
            renewed.Add(e.Id);
            if (e.Release is { } why) release.Add(new(e.Id, why));
        }

        return ([.. held.Select(one => one.Experiment).Except(renewed)], release);
    }

    public int Release(string? worker, IReadOnlyList<long>? leases, string reason)
    {
        var asked = 0;
        foreach (var e in Experiments.Values)
        {
            if (e.State != ExperimentState.Running || e.Release is not null || (worker is not null && e.Worker != worker) || (leases is not null && !leases.Contains(e.Lease!.Value))) continue;
            e.Release = reason;
            asked++;
        }

        return asked;
    }

    public void ReleasePaused(string pool)
    {
        foreach (var sweep in Sweeps.Values.Where(sweep => sweep.State == SweepState.Paused && sweep.Spec.Pool == pool))
        {
            foreach (var e in sweep.Experiments.Where(e => e is { State: ExperimentState.Running, Release: null })) e.Release = "Its sweep was paused.";
        }
    }

    public int EndBackoffs(string pool)
    {
        var ended = 0;
        foreach (var e in Experiments.Values)
        {
            if (e.State != ExperimentState.Queued || e.ReadyAt is not { } ready || ready > Now || e.Sweep.Spec.Pool != pool) continue;
            if (e.GroupSize > 1 && e.Sweep.Experiments.Exists(mate => mate.Group == e.Group && mate is { GroupSize: > 1, State: ExperimentState.Queued } && mate.ReadyAt > Now && mate.ReadyAt <= Now + Gather)) continue;
            e.ReadyAt = null;
            e.Version++;
            ended++;
        }

        return ended;
    }

    public IReadOnlyList<(Held Lease, string Worker)> Expired(string pool, int limit)
    {
        List<StoredExperiment>? expired = null;
        foreach (var e in Experiments.Values)
        {
            if (e.State == ExperimentState.Running && e.LeaseUntil < Now && e.Sweep.Spec.Pool == pool) (expired ??= []).Add(e);
        }

        return expired is null ? [] : [.. expired.OrderBy(e => e.LeaseUntil).Take(limit).Select(e => (new Held(e.Id, e.Fence), e.Worker!))];
    }

    /// <summary>Leases of the sweep that run.</summary>
    public static int RunningLeases(StoredSweep sweep)
    {
        var count = 0;
        for (var i = 0; i < sweep.Experiments.Count; i++)
        {
            if (sweep.Experiments[i] is not { State: ExperimentState.Running, Lease: var lease }) continue;
            var counted = false;
            for (var j = 0; j < i && !counted; j++) counted = sweep.Experiments[j].State == ExperimentState.Running && sweep.Experiments[j].Lease == lease;
            if (!counted) count++;
        }

        return count;
    }

    private int MostOf(StoredExperiment head, LeaseRequest request) =>
        head.Group is not null ? head.GroupSize!.Value
        : request.MaxGroup == 1 || head.ShapeKey is null ? 1
        : head.GroupLimit is { } limit ? Math.Min(limit, request.MaxGroup)
        : groupSizes.TryGetValue((request.DeviceKind, head.ShapeKey), out var size) ? Math.Min(size, request.MaxGroup) : 0;

    private IEnumerable<StoredExperiment> Free(StoredExperiment head, int most, string pool)
    {
        if (most <= 1) return [];
        var alive = Workers.Values.Where(worker => worker.Pool == pool && worker.LastSeen > Now - AliveFor).ToList();
        var slots = alive.Count == 0 ? 1 : alive.Sum(worker => worker.Slots.Count);
        var running = Sweeps.Values.Where(sweep => sweep.Spec.Pool == pool).ToList();
        var waiting = Math.Min(most * slots, running.Where(sweep => sweep.State == SweepState.Running).Sum(sweep => Math.Min(most * slots, sweep.Experiments.Count(e => e.IsOffered && e.Group is null))));
        var busy = running.Sum(RunningLeases);
        var share = waiting >= most * slots ? most : Math.Min(most, (int)Math.Ceiling((decimal)waiting / Math.Max(1, slots - busy)));
        return head.Sweep.Experiments
            .Where(e => e != head && e.IsOffered && e.Group is null && e.GroupKey == head.GroupKey && e.Accumulate == head.Accumulate && e.GroupLimit == head.GroupLimit)
            .Take(share - 1);
    }

    private static IEnumerable<StoredExperiment> Mates(StoredExperiment head, int most) => most <= 1 ? [] : head.Sweep.Experiments
        .Where(e => e != head && e.Group == head.Group && e.GroupSize > 1 && e.IsOffered && e.Accumulate == head.Accumulate);

    private bool HasAnother(string pool, string worker) => Workers.Values.Any(
        other => other.Pool == pool && other.Name != worker && other.LastSeen > Now - AliveFor && other is { CordonReason: null, Draining: false });

    private static bool HasRunningMate(StoredExperiment e) => e.Sweep.Experiments.Exists(mate => mate.Group == e.Group && mate.GroupSize > 1 && mate.State == ExperimentState.Running);
}
