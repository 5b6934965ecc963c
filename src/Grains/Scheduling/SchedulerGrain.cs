using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Storage;

namespace ViViT.Grains.Scheduling;

/// <summary>
/// It keeps nothing but time: the queue and the leases are rows. A reminder brings it back after the loss of a silo; workers that poll
/// bring it back sooner. After every silence (its activation, a database that was away, a process that stood still) it lets one lease term
/// pass before it takes a lease back, so that workers whose heartbeats found nobody can renew first.
/// </summary>
internal sealed partial class SchedulerGrain(
    Leases leases, QueueSignal signal, LeaseTiming timing, TimeProvider time, ILogger<SchedulerGrain> log) : Grain, ISchedulerGrain, IRemindable
{
    private const int ReclaimBatch = 100;
    private const string AliveReminder = "alive";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(100);

    private readonly long started = time.GetTimestamp();
    private readonly WakeThrottle throttle = new(WakeInterval);
    private IGrainTimer? wakePlanned;
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
        var lease = await leases.Claim(worker, request, timing.Term, now: null, CancellationToken.None);
        foreach (var experiment in lease?.Experiments ?? [])
        {
            Granted(experiment.Id, worker, experiment.Attempt, experiment.Fence);
        }

        if (lease is { Measure: { } unknown })
        {
            Unmeasured(unknown.Shape, request.DeviceKind, worker);
        }
        else if (lease is { GroupSize: > 1 })
        {
            Grouped(lease.Experiments[0].Id, lease.Experiments.Count, lease.GroupSize, worker);
        }

        return lease;
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
        LeaseExpired(expired.Lease.Experiment, expired.Worker, expired.Lease.Fence);
        var reason = $"Worker {expired.Worker} was not heard of for {timing.Term.TotalSeconds:0.#} s.";
        return GrainFactory.GetGrain<IExperimentGrain>(expired.Lease.Experiment.Value).Report(new ExperimentEvent.LeaseLost(expired.Lease.Fence, reason));
    }

    private void BeSilent() => reclaimFrom = Now + timing.Term;
}
