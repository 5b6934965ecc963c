using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Grains.Persistence;
using ViViT.Grains.Scheduling;

namespace ViViT.Grains.Sweeps;

/// <summary>
/// Its row is written by Storage's batch insert and from then on only here. A reminder looks after a running sweep every minute, so that
/// it ends even when the news of its last experiment was lost with a silo.
/// </summary>
internal sealed partial class SweepGrain(
    [PersistentState("sweep", PostgresGrainStorage.Name)] IPersistentState<Sweep> stored,
    Storage.Sweeps sweeps, TimeProvider time, ILogger<SweepGrain> log) : Grain, ISweepGrain, IRemindable
{
    private const string ReconcileReminder = "reconcile";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly ReconcilePace pace = new(time);
    private IGrainTimer? planned;

    private SweepId Id => new(this.GetPrimaryKeyLong());

    public async Task<SpecProblem[]> Submit(SweepSpec spec)
    {
        if (SweepValidation.Check(spec) is { Count: > 0 } problems)
        {
            return [.. problems];
        }

        // The reminder first: one without a sweep takes itself away, a sweep without one might never end.
        await this.RegisterOrUpdateReminder(ReconcileReminder, ReminderPeriod, ReminderPeriod);
        var cells = SweepExpansion.Expand(spec).ToList();
        await sweeps.Insert(Id, spec, cells, CancellationToken.None);
        await stored.ReadStateAsync();
        Submitted(Id, spec.Name, cells.Count, spec.Pool);
        await GrainFactory.GetGrain<ISchedulerGrain>(spec.Pool).Wake();
        return [];
    }

    public async Task<bool> Cancel()
    {
        if (!stored.RecordExists)
        {
            return false;
        }

        // The sweep's own state first: seen without it, experiments that all ended would make a success.
        await Apply(new SweepEvent.CancelRequested());
        await Reconcile();
        return true;
    }

    public Task ExperimentEnded()
    {
        planned ??= this.RegisterGrainTimer(ReconcilePlanned, pace.Delay, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => TryReconcile();

    private Task ReconcilePlanned(CancellationToken stop)
    {
        planned?.Dispose();
        planned = null;
        return TryReconcile();
    }

    private async Task TryReconcile()
    {
        try
        {
            await Reconcile();
        }
        catch (Exception fault)
        {
            ReconcileFailed(fault, Id, ReminderPeriod);
        }
    }

    private async Task Reconcile()
    {
        using var measured = pace.Measure();
        if (stored.RecordExists)
        {
            if (stored.State.State == SweepState.Cancelled)
            {
                await sweeps.CancelExperiments(Id, "Its sweep was cancelled.", CancellationToken.None);
            }
            else
            {
                await Apply(new SweepEvent.Progressed(await sweeps.Counts(Id, CancellationToken.None)));
            }
        }

        if (!stored.RecordExists || stored.State.State != SweepState.Running)
        {
            await ForgetReminder();
        }
    }

    private async Task Apply(SweepEvent e)
    {
        var before = stored.State;
        var after = before.Apply(e);
        if (after == before)
        {
            return;
        }

        stored.State = after;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            // What was not stored is not known: the next call reads the row again.
            DeactivateOnIdle();
            throw;
        }

        StateChanged(Id, before.State, after.State);
    }

    private async Task ForgetReminder()
    {
        if (await this.GetReminder(ReconcileReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        DeactivateOnIdle();
    }
}
