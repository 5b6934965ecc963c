using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Sweeps;

namespace ViViT.Grains.Sweeps;

internal sealed partial class SweepGrain
{
    [LoggerMessage(LogLevel.Information, "Sweep {Sweep} '{Name}': submitted, {Experiments} experiments for pool {Pool}")]
    private partial void Submitted(SweepId sweep, string name, int experiments, string pool);

    [LoggerMessage(LogLevel.Information, "Sweep {Sweep}: {From} -> {To}")]
    private partial void StateChanged(SweepId sweep, SweepState from, SweepState to);

    [LoggerMessage(LogLevel.Warning, "Sweep {Sweep}: could not count its experiments; tries again within {Period}")]
    private partial void ReconcileFailed(Exception fault, SweepId sweep, TimeSpan period);

    [LoggerMessage(LogLevel.Information, "Sweep {Sweep}: experiment {Experiment} ends early, after epoch {Epoch}: {Reason}")]
    private partial void StoppedEarly(SweepId sweep, ExperimentId experiment, int epoch, string reason);

    [LoggerMessage(LogLevel.Warning, "Sweep {Sweep}: could not look at its curves; tries again within {Period}")]
    private partial void JudgingFailed(Exception fault, SweepId sweep, TimeSpan period);
}
