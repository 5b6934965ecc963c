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
}
