using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Agent;

internal sealed partial class SlotLoop
{
    [LoggerMessage(LogLevel.Error, "slot {Slot}: the server refuses to lease")]
    private partial void LeaseRefused(Exception exception, int slot);

    [LoggerMessage(LogLevel.Warning, "slot {Slot}: {Failures} leases failed here one after another; waiting {Seconds:0} s before the next lease")]
    private partial void SlotPauses(int slot, int failures, double seconds);
}
