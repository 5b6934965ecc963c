using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Storage;
using ViViT.Storage.Telemetry;

namespace ViViT.Grains.Scheduling;

/// <summary>
/// Decides which sweep a free slot serves, whose leases make room for sweeps of higher priority, and which leases nobody renewed. It keeps nothing
/// but time and a short-lived view: the queue and the leases are rows. A reminder brings it back after the loss of a silo; workers that poll
/// bring it back sooner. After every silence (its activation, a database that was away, a process that stood still) it lets one lease term
/// pass before it takes a lease back, so that workers whose heartbeats found nobody can renew first.
/// </summary>
internal sealed partial class SchedulerGrain(
    Leases leases, Pools pools, QueueSignal signal, LeaseTiming timing, TimeProvider time, ILogger<SchedulerGrain> log) : Grain, ISchedulerGrain, IRemindable
{
    private const int ReclaimBatch = 100;
    private const string AliveReminder = "alive";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(100);

    // For so long grants go by one look at the shares, which is carried forward by what they take.
    private static readonly TimeSpan ViewAge = TimeSpan.FromMilliseconds(50);

    private readonly long started = time.GetTimestamp();
    private readonly WakeThrottle throttle = new(WakeInterval);
    private IGrainTimer? wakePlanned;
    private PoolView? view;
    private Task<PoolView>? reading;
    private TimeSpan reclaimFrom;
    private TimeSpan lastLook;
    private bool databaseAway;
    private bool reminded;

    private string Pool => this.GetPrimaryKeyString();

    private TimeSpan Now => time.GetElapsedTime(started);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        BeSilent();
        this.RegisterGrainTimer(Look, new GrainTimerCreationOptions(timing.ReclaimPeriod, timing.ReclaimPeriod) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public async Task<Lease?> Lease(string worker, LeaseRequest request)
    {
        var asked = Now;
        var slot = new SlotOffer(request.DeviceKind, request.MemoryGib);
        for (var current = view is { } recent && asked - recent.At < ViewAge ? recent : await Read(); ; current = await Read())
        {
            if (current.IsCordoned(worker))
            {
                return null;
            }

            foreach (var demand in FairShare.Order(current.Demands, slot).ToList())
            {
                var oneByOne = demand.MaxParallel is not null || (demand.Grouped && request.MaxGroup > 1);
                if (await leases.Claim(demand.Sweep, oneByOne, worker, request, timing.Term, now: null, CancellationToken.None) is { } lease)
                {
                    Note(lease, demand.Sweep, worker, request);
                    return lease;
                }
            }

            if (current.At >= asked)
            {
                return null;
            }
        }
    }

    public async Task Wake()
    {
        switch (throttle.Ask(Now))
        {
            case { Ticks: 0 }:
                await Notify();
                break;
            case { } delay:
                wakePlanned = this.RegisterGrainTimer(WakeLater, delay, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    // One look serves all who wait for it.
    private Task<PoolView> Read() => reading is { IsCompleted: false } ? reading : reading = ReadNow();

    private async Task<PoolView> ReadNow()
    {
        var at = Now;
        return view = new(await pools.Demands(Pool, CancellationToken.None), await pools.Cordoned(Pool, CancellationToken.None), at);
    }

    private void Note(Lease lease, SweepId sweep, string worker, LeaseRequest request)
    {
        view?.Granted(sweep, lease.Experiments.Count);
        foreach (var experiment in lease.Experiments)
        {
            using var about = log.BeginScope(new LogScope().Add(experiment.Id, experiment.Sweep, experiment.Attempt).AddWorker(worker));
            Granted(experiment.Id, worker, experiment.Attempt, experiment.Fence);
        }

        if (lease.Measure is { } unknown)
        {
            Unmeasured(unknown.Shape, request.DeviceKind, worker);
        }
        else if (lease.GroupSize > 1)
        {
            Grouped(lease.Experiments[0].Id, lease.Experiments.Count, lease.GroupSize, worker);
        }
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    private async Task WakeLater(CancellationToken stop)
    {
        wakePlanned?.Dispose();
        throttle.Release(Now);
        await Notify();
    }

    private async Task Notify()
    {
        try
        {
            await signal.Notify(Pool, CancellationToken.None);
        }
        catch (Exception fault)
        {
            WakeFailed(fault, Pool);
        }
    }

    private async Task Look(CancellationToken stop)
    {
        if (Now - lastLook > timing.Term)
        {
            BeSilent();
        }

        lastLook = Now;
        try
        {
            if (!reminded)
            {
                await this.RegisterOrUpdateReminder(AliveReminder, ReminderPeriod, ReminderPeriod);
                reminded = true;
            }

            await Reclaim(stop);
            if (await leases.EndBackoffs(Pool, now: null, stop) > 0)
            {
                await Wake();
            }

            await MakeRoom(stop);
            NoteDatabase(fault: null);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            BeSilent();
            NoteDatabase(fault);
        }
    }

    private async Task Reclaim(CancellationToken stop)
    {
        // Looks even while it must not act: only a database that answered for a whole term gave the workers their chance.
        var expired = await leases.Expired(Pool, ReclaimBatch, now: null, stop);
        while (expired.Count > 0 && Now >= reclaimFrom)
        {
            await Task.WhenAll(expired.Select(TakeBack));
            expired = expired.Count < ReclaimBatch ? [] : await leases.Expired(Pool, ReclaimBatch, now: null, stop);
        }
    }

    private async Task MakeRoom(CancellationToken stop)
    {
        await leases.ReleasePaused(Pool, stop);
        var demands = await pools.Demands(Pool, stop);
        var wanting = demands.Where(demand => demand.Wants > 0).Select(demand => demand.Priority).DefaultIfEmpty(int.MinValue).Max();
        if (!demands.Any(demand => demand.Running > 0 && demand.Priority < wanting))
        {
            return;
        }

        var idle = (await pools.Slots(Pool, stop)).Where(slot => slot is { Usable: true, Busy: false }).Select(slot => slot.Offer).ToList();
        var victims = Preemption.Victims(demands, await pools.Running(Pool, stop), idle);
        if (victims.Count > 0)
        {
            var asked = await leases.Release(worker: null, [.. victims.Select(victim => victim.Lease)], $"Its slot goes to a sweep of priority {wanting}.", stop);
            LeaseInstruments.Preempted(PreemptionSource.Priority, asked);
            Preempting(Pool, victims.Count, asked, wanting);
        }
    }

    // Tells the beginning and the end of an outage, not each look in between.
    private void NoteDatabase(Exception? fault)
    {
        if (fault is not null && !databaseAway)
        {
            ReclaimFailed(fault, Pool, timing.Term);
        }
        else if (fault is null && databaseAway)
        {
            ReclaimGoesOn(Pool, timing.Term);
        }

        databaseAway = fault is not null;
    }

    private Task TakeBack((Held Lease, string Worker) expired)
    {
        using var about = log.BeginScope(new LogScope().Add(expired.Lease.Experiment).AddWorker(expired.Worker));
        LeaseExpired(expired.Lease.Experiment, expired.Worker, expired.Lease.Fence);
        var reason = $"Worker {expired.Worker} was not heard of for {timing.Term.TotalSeconds:0.#} s.";
        return GrainFactory.GetGrain<IExperimentGrain>(expired.Lease.Experiment.Value).Report(new ExperimentEvent.LeaseLost(expired.Lease.Fence, reason));
    }

    private void BeSilent() => reclaimFrom = Now + timing.Term;
}
