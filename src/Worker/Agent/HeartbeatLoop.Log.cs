using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Agent;

internal sealed partial class HeartbeatLoop
{
    [LoggerMessage(LogLevel.Warning, "The lease of experiment {Experiment} (fence {Fence}) is gone; its training stops")]
    private partial void LeaseLost(long experiment, long fence);

    [LoggerMessage(LogLevel.Information, "The server wants experiment {Experiment} (fence {Fence}) back, so it saves and ends here: {Reason}")]
    private partial void LeaseWanted(long experiment, long fence, string reason);

    [LoggerMessage(LogLevel.Information, "The server wants worker {Worker} to hand back everything and end")]
    private partial void DrainAsked(string worker);

    [LoggerMessage(LogLevel.Error, "The server refuses the heartbeats of {Worker}; its leases will expire")]
    private partial void HeartbeatRefused(Exception exception, string worker);
}
