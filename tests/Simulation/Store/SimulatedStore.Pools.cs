using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Simulation.Tests.Store;

/// <summary>src/Storage/Pools.cs and Workers.cs.</summary>
internal sealed partial class SimulatedStore
{
    private const int MostCounted = 64;

    public IReadOnlyList<SweepDemand> Demands(string pool) =>
    [
        .. from sweep in Sweeps.Values
           where sweep.State == SweepState.Running && sweep.Spec.Pool == pool
           select new SweepDemand(sweep.Id, sweep.Priority, sweep.Spec.Weight, sweep.Spec.MaxParallel, sweep.Spec.Resources, RunningLeases(sweep),
               Math.Min(MostCounted, sweep.Experiments.Count(e => e.IsOffered)), sweep.Spec.Group != GroupSetting.Off),
    ];

    public IReadOnlySet<string> Cordoned(string pool) =>
        Workers.Values.Where(worker => worker.Pool == pool && (worker.CordonReason is not null || worker.Draining)).Select(worker => worker.Name).ToHashSet();

    public IReadOnlyList<PoolSlot> Slots(string pool) =>
    [
        .. from worker in Workers.Values
           where worker.Pool == pool && worker.LastSeen > Now - AliveFor
           let busy = Experiments.Values.Where(e => e.State == ExperimentState.Running && e.Worker == worker.Name).Select(e => e.Lease).Distinct().Count()
           from slot in worker.Slots.Index()
           select new PoolSlot(new(slot.Item.DeviceKind, slot.Item.MemoryGib), slot.Item.MaxGroup, worker is { CordonReason: null, Draining: false }, slot.Index < busy),
    ];

    public IReadOnlyList<RunningLease> Running(string pool) =>
    [
        .. from e in Experiments.Values
           where e.State == ExperimentState.Running && e.Sweep.Spec.Pool == pool
           group e by (e.Sweep, e.Lease, Workers.GetValueOrDefault(e.Worker!)) into lease
           select new RunningLease(lease.Key.Sweep.Id, lease.Key.Lease!.Value, lease.Key.Sweep.Priority,
               lease.Key.Item3?.Slots is [var slot, ..] ? new(slot.DeviceKind, slot.MemoryGib) : new("", null),
               lease.Any(e => e.Release is not null), lease.Min(e => e.StateSince)),
    ];

    /// <summary>Whether the worker is to drain.</summary>
    public bool Heard(string name, Heartbeat heartbeat)
    {
        if (!Workers.TryGetValue(name, out var worker)) Workers[name] = worker = new(name);
        (worker.Pool, worker.Slots, worker.LastSeen) = (heartbeat.Pool, heartbeat.Slots, Now);
        return worker.Draining;
    }

    public bool Cordon(string name, string? reason)
    {
        if (!Workers.TryGetValue(name, out var worker)) return false;
        worker.CordonReason = reason;
        return true;
    }

    public bool Drain(string name)
    {
        if (!Workers.TryGetValue(name, out var worker)) return false;
        return worker.Draining = true;
    }

    public IReadOnlyList<WorkerEnding> Endings(string name) =>
    [
        .. (from e in Experiments.Values
            from attempt in e.Attempts
            where attempt.Worker == name && attempt.Ending?.Outcome is "succeeded" or "failed" or "lease_lost"
            orderby attempt.EndedAt descending
            select new WorkerEnding(e.Id, e.Sweep.Id, attempt.Ending!.Class == FailureClass.Infrastructure)).Take(CordonRule.Window),
    ];
}
