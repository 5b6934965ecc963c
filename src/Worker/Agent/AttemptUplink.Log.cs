using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Agent;

internal sealed partial class AttemptUplink
{
    [LoggerMessage(LogLevel.Warning, "The server is away for long: {Dropped} points of experiment {Experiment} were dropped, every second one of each metric")]
    private partial void PointsDropped(long experiment, long dropped);

    [LoggerMessage(LogLevel.Warning, "The lease of experiment {Experiment} (fence {Fence}) went to another attempt; this one stops and tells nothing more")]
    private partial void EffectTooLate(long experiment, long fence);

    [LoggerMessage(LogLevel.Error, "The server refuses an effect of experiment {Experiment} (fence {Fence}); the attempt is reported as failed")]
    private partial void EffectRefused(Exception exception, long experiment, long fence);

    [LoggerMessage(LogLevel.Error, "The server refuses the outcome of experiment {Experiment} (fence {Fence}), too; its lease is left to expire")]
    private partial void OutcomeRefused(Exception exception, long experiment, long fence);
}
