using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;

namespace ViViT.Grains.Experiments;

internal sealed partial class ExperimentGrain
{
    [LoggerMessage(LogLevel.Information, "Experiment {Experiment}: {From} -> {To} (attempt {Attempt} of {MaxAttempts}): {Reason}")]
    private partial void StateChanged(ExperimentId experiment, ExperimentState from, ExperimentState to, int attempt, int maxAttempts, string reason);

    [LoggerMessage(LogLevel.Warning, "Experiment {Experiment}: somebody reported on it, but there is none of that number")]
    private partial void Unknown(ExperimentId experiment);
}
