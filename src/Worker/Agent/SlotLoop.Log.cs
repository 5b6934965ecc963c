using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Agent;

internal sealed partial class SlotLoop
{
    [LoggerMessage(LogLevel.Information, "slot {Slot}: experiment {Experiment} attempt {Attempt} (fence {Fence}) starts at step {Step}")]
    private partial void AttemptStarts(int slot, long experiment, int attempt, long fence, long step);

    [LoggerMessage(LogLevel.Information, "slot {Slot}: experiment {Experiment} attempt {Attempt} {Outcome}")]
    private partial void AttemptEnds(int slot, long experiment, int attempt, string outcome);

    [LoggerMessage(LogLevel.Warning, "slot {Slot}: experiment {Experiment} attempt {Attempt} is left behind: there was no time to hand it back, its lease will expire")]
    private partial void AttemptAbandoned(int slot, long experiment, int attempt);

    [LoggerMessage(LogLevel.Error, "slot {Slot}: the server refuses to lease")]
    private partial void LeaseRefused(Exception exception, int slot);

    [LoggerMessage(LogLevel.Warning, "slot {Slot}: {Failures} attempts failed here one after another; waiting {Seconds:0} s before the next lease")]
    private partial void SlotPauses(int slot, int failures, double seconds);
}
