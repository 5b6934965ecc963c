using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Grains.Persistence;
using ViViT.Grains.Scheduling;
using ViViT.Grains.Sweeps;
using ViViT.Grains.Workers;
using ViViT.Storage.Telemetry;

namespace ViViT.Grains.Experiments;

/// <summary>
/// Load, decide, store, tell. Claims and cancelled sweeps change the row beneath it (one SQL statement for many experiments), so each call
/// reads the row, writes it only if it is still the one that was read, and otherwise decides anew. It leaves memory after every call: a
/// sweep's experiments are rows, not activations.
/// </summary>
internal sealed partial class ExperimentGrain(
    [PersistentState("experiment", PostgresGrainStorage.Name)] IPersistentState<StoredExperiment> stored,
    Storage.Experiments experiments, ILogger<ExperimentGrain> log) : Grain, IExperimentGrain
{
    private const int MostTries = 10;

    // The activation has just read the row, after the call that caused it was sent.
    private bool fresh = true;

    private ExperimentId Id => new(this.GetPrimaryKeyLong());

    public async Task<ReportReply> Report(ExperimentEvent e)
    {
        DeactivateOnIdle();
        for (var tries = 1; ; tries++)
        {
            await Load();
            if (!stored.RecordExists)
            {
                Unknown(Id);
                return new ReportReply(ReportStatus.LeaseLost);
            }

            var before = stored.State.Experiment;
            var after = before.Apply(e);
            if (after == before)
            {
                return await Unmoved(e, before);
            }

            try
            {
                stored.State = new StoredExperiment
                {
                    Experiment = after,
                    Ending = before.State == ExperimentState.Running ? AttemptEnding.Of(e) : null,
                    By = e switch { ExperimentEvent.Cancelled cancelled => cancelled.By, ExperimentEvent.Retried retried => retried.By, _ => null },
                };
                await stored.WriteStateAsync();
            }
            catch (InconsistentStateException) when (tries < MostTries)
            {
                continue;
            }

            using var about = log.BeginScope(new LogScope().Add(Id, after.Sweep, after.Attempt).AddWorker(before.Worker));
            StateChanged(Id, before.State, after.State, after.Attempt, after.MaxAttempts, after.Reason ?? "-");
            await Tell(after);
            if (before.Worker is { } worker && stored.State.Ending?.Class == FailureClass.Infrastructure)
            {
                await GrainFactory.GetGrain<IWorkerGrain>(worker).AttemptFailed();
            }

            return new ReportReply(ReportStatus.Accepted);
        }
    }

    private async Task Load()
    {
        if (!fresh)
        {
            await stored.ReadStateAsync();
        }

        fresh = false;
    }

    private async Task<ReportReply> Unmoved(ExperimentEvent e, Experiment experiment)
    {
        var status = LateReport.Status(e, await experiments.Attempts(Id, CancellationToken.None));
        if (status == ReportStatus.Duplicate)
        {
            await Tell(experiment); // the first telling may have been lost with the reply
        }
        else if (e is ExperimentEvent.AttemptEnded)
        {
            EffectInstruments.Fenced(FencedKind.Outcome);
        }

        return new ReportReply(status);
    }

    private async Task Tell(Experiment experiment)
    {
        if (experiment.State.IsFinal())
        {
            await GrainFactory.GetGrain<ISweepGrain>(experiment.Sweep.Value).ExperimentEnded();
        }
        else if (experiment is { State: ExperimentState.Queued, Backoff.Ticks: 0 } && await experiments.Pool(Id, CancellationToken.None) is { } pool)
        {
            await GrainFactory.GetGrain<ISchedulerGrain>(pool).Wake();
        }
    }
}
