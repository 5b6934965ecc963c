using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Grains.Persistence;
using ViViT.Grains.Scheduling;
using ViViT.Storage;
using ViViT.Storage.Telemetry;

namespace ViViT.Grains.Sweeps;

/// <summary>
/// Its row is written by Storage's batch insert and from then on only here. A reminder looks after a running sweep every minute, so that
/// it ends, and its search and stopping rule go on, even when the news of an experiment was lost with a silo.
/// </summary>
internal sealed partial class SweepGrain(
    [PersistentState("sweep", PostgresGrainStorage.Name)] IPersistentState<StoredSweep> stored,
    Storage.Sweeps sweeps, Judgements judgements, TimeProvider time, ILogger<SweepGrain> log) : Grain, ISweepGrain, IRemindable
{
    private const string ReconcileReminder = "reconcile";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan JudgingPeriod = TimeSpan.FromSeconds(1);

    private readonly ReconcilePace pace = new(time);
    private IGrainTimer? planned;
    private SweepSpec? spec;
    private SearchProgress? search;
    private EarlyStopping? stopping;

    private SweepId Id => new(this.GetPrimaryKeyLong());

    public override Task OnActivateAsync(CancellationToken cancellationToken) => WatchCurves(cancellationToken);

    public async Task<SpecProblem[]> Submit(SweepSpec spec, string by)
    {
        if (SweepValidation.Check(spec) is { Count: > 0 } problems)
        {
            return [.. problems];
        }

        // The reminder first: one without a sweep takes itself away, a sweep without one might never end.
        await Remind();
        var cells = SearchPlan.Next(spec, known: 0, []);
        await sweeps.Insert(Id, spec, cells, SearchPlan.Total(spec), by, CancellationToken.None);
        await stored.ReadStateAsync();
        await WatchCurves(CancellationToken.None);
        using var about = log.BeginScope(new LogScope().Add(Id));
        Submitted(Id, spec.Name, cells.Count, spec.Pool);
        await GrainFactory.GetGrain<ISchedulerGrain>(spec.Pool).Wake();
        return [];
    }

    public async Task<bool> Cancel(string by)
    {
        if (!stored.RecordExists)
        {
            return false;
        }

        // The sweep's own state first: seen without it, experiments that all ended would make a success.
        await Steer(new SweepEvent.CancelRequested(), $"Cancelled by {by}.", by);
        await Reconcile();
        return true;
    }

    public async Task<bool> Pause(string by)
    {
        // The scheduler asks back what runs of a paused sweep.
        if (stored.RecordExists)
        {
            await Steer(new SweepEvent.PauseRequested(), $"Paused by {by}.", by);
        }

        return stored.RecordExists;
    }

    public async Task<bool> Resume(string by)
    {
        if (stored.RecordExists)
        {
            await Steer(new SweepEvent.ResumeRequested(), $"Resumed by {by}.", by);
            await Wake();
        }

        return stored.RecordExists;
    }

    public async Task<ExperimentId[]?> RetryFailed(string by)
    {
        if (!stored.RecordExists)
        {
            return null;
        }

        if ((await sweeps.Counts(Id, CancellationToken.None)).Failed == 0)
        {
            return [];
        }

        await Reopen(by);
        var again = await sweeps.RetryFailed(Id, $"Another attempt, by {by}.", by, CancellationToken.None);
        await Reconcile();
        await Wake();
        return [.. again];
    }

    public async Task<ReportReply> Retry(ExperimentId experiment, string by)
    {
        if (stored.RecordExists)
        {
            await Reopen(by);
        }

        var reply = await GrainFactory.GetGrain<IExperimentGrain>(experiment.Value).Report(new ExperimentEvent.Retried($"Another attempt, by {by}.", by));
        await Reconcile();
        return reply;
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
        await stored.ReadStateAsync(); // as in Steer
        if (stored.RecordExists)
        {
            if (stored.State.Sweep.State == SweepState.Cancelled)
            {
                await sweeps.CancelExperiments(Id, "Its sweep was cancelled.", CancellationToken.None);
            }
            else if (!stored.State.Sweep.State.IsFinal())
            {
                await GoOn(await Spec());
            }
        }

        if (!stored.RecordExists || stored.State.Sweep.State.IsFinal())
        {
            await ForgetReminder();
        }
    }

    private async Task GoOn(SweepSpec spec)
    {
        if (spec.Search?.Method == SearchMethod.Tpe)
        {
            search ??= await SearchProgress.Read(Id, spec, sweeps);
            if (await search.Advance() > 0)
            {
                await Wake();
            }
        }

        var counts = await sweeps.Counts(Id, CancellationToken.None);
        await Apply(new SweepEvent.Progressed(counts, SearchPlan.Total(spec)), $"{counts.Succeeded} succeeded, {counts.Failed} failed, {counts.Stopped} stopped, {counts.Cancelled} cancelled.", by: null);
    }

    private async Task WatchCurves(CancellationToken cancellation)
    {
        if (stopping is null && stored.RecordExists && !stored.State.Sweep.State.IsFinal() && (await Spec()).Stopping is { } rule)
        {
            stopping = new EarlyStopping(Id, rule, judgements, Stop);
            this.RegisterGrainTimer(Judge, new GrainTimerCreationOptions(JudgingPeriod, JudgingPeriod) { KeepAlive = true });
        }
    }

    private async Task Judge(CancellationToken stop)
    {
        try
        {
            await stopping!.Judge(stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            JudgingFailed(fault, Id, JudgingPeriod);
        }
    }

    private async Task Stop(ExperimentId experiment, Judgement judgement)
    {
        using var about = log.BeginScope(new LogScope().Add(experiment).Add(Id));
        StoppedEarly(Id, experiment, judgement.Epoch, judgement.Reason);
        var reply = await GrainFactory.GetGrain<IExperimentGrain>(experiment.Value)
            .Report(new ExperimentEvent.StoppedByRule($"Stopped after epoch {judgement.Epoch}: {judgement.Reason}."));
        if (reply.Status == ReportStatus.Accepted) AttemptInstruments.Stopped((await Spec()).Stopping!.Rule);
    }

    private async Task Reopen(string by)
    {
        await Remind();
        await Steer(new SweepEvent.Retried(), $"Another attempt, by {by}.", by);
        await WatchCurves(CancellationToken.None);
    }

    // An activation that was taken for dead, and this one in its place, may both have lived for a moment: what the other wrote last is decided on.
    private async Task Steer(SweepEvent e, string why, string by)
    {
        await stored.ReadStateAsync();
        await Apply(e, why, by);
    }

    private async Task Apply(SweepEvent e, string why, string? by)
    {
        var before = stored.State.Sweep;
        var after = before.Apply(e);
        if (after == before)
        {
            return;
        }

        stored.State = new StoredSweep { Sweep = after, Why = why, By = by };
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

        using var about = log.BeginScope(new LogScope().Add(Id));
        StateChanged(Id, before.State, after.State);
    }

    private async Task<SweepSpec> Spec() => spec ??= await sweeps.Spec(Id, CancellationToken.None) ?? throw new InvalidOperationException($"Sweep {Id} has no row.");

    private async Task Wake() => await GrainFactory.GetGrain<ISchedulerGrain>((await Spec()).Pool).Wake();

    private async Task Remind() => await this.RegisterOrUpdateReminder(ReconcileReminder, ReminderPeriod, ReminderPeriod);

    private async Task ForgetReminder()
    {
        if (await this.GetReminder(ReconcileReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        DeactivateOnIdle();
    }
}
