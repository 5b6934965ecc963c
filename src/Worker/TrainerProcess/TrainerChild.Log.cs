using Microsoft.Extensions.Logging;

namespace ViViT.Worker.TrainerProcess;

internal sealed partial class TrainerChild
{
    [LoggerMessage(LogLevel.Information, "slot {Slot} trainer: {Line}")]
    private partial void TrainerSays(int slot, string line);

    [LoggerMessage(LogLevel.Error, "The trainer of slot {Slot} (pid {Pid}) wrote a line to stdout that is none of the protocol; it is killed")]
    private partial void NoProtocol(Exception exception, int slot, int pid);

    [LoggerMessage(LogLevel.Debug, "The trainer of slot {Slot} (pid {Pid}) reads no more")]
    private partial void DeafTrainer(int slot, int pid);
}
