using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Agent;

internal sealed partial class Attempt
{
    [LoggerMessage(LogLevel.Information, "slot {Slot}: experiment {Experiment} attempt {Attempt} (fence {Fence}) starts at step {Step}")]
    private partial void Starts(int slot, long experiment, int attempt, long fence, long step);

    [LoggerMessage(LogLevel.Information, "slot {Slot}: experiment {Experiment} attempt {Attempt} {Outcome}")]
    private partial void Ends(int slot, long experiment, int attempt, string outcome);

    [LoggerMessage(LogLevel.Warning, "slot {Slot}: experiment {Experiment} attempt {Attempt} is left behind: there was no time to hand it back, its lease will expire")]
    private partial void Abandoned(int slot, long experiment, int attempt);
}
