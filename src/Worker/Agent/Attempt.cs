using Microsoft.Extensions.Logging;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>One attempt at one experiment of a lease: its part of the lease, its way to the server, and its end.</summary>
internal sealed partial class Attempt : IAsyncDisposable
{
    private readonly int slot;
    private readonly HeldLeases held;
    private readonly HeldLease lease;
    private readonly ILogger log;
    private Task<AttemptOutcome?>? settled;

    public Attempt(int slot, LeasedExperiment leased, HeldLeases held, Func<HeldLease, AttemptUplink> uplink, ILogger log)
    {
        (this.slot, this.held, this.log, Leased) = (slot, held, log, leased);
        lease = held.Add(leased.Held);
        Uplink = uplink(lease);
        Starts(slot, leased.Id.Value, leased.Attempt, leased.Fence, leased.ResumeFrom?.Step ?? 0);
    }

    public LeasedExperiment Leased { get; }

    public AttemptUplink Uplink { get; }

    public bool HasEnded => settled is not null;

    /// <summary>Its lease was lost so long ago that its trainer should have ended it.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>The first end counts: it is told to the server while others of the lease go on, and then the experiment is held no more.</summary>
    public void End(AttemptOutcome outcome) => settled ??= Settle(outcome);

    /// <summary>Waits until the server has the outcome.</summary>
    /// <returns>What the server has; null when nobody wants it any more.</returns>
    public Task<AttemptOutcome?> Settled() => settled ?? throw new InvalidOperationException($"The attempt at experiment {Leased.Id} has not ended.");

    /// <summary>Sends nothing more; an attempt that has not ended is left to its lease's end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!HasEnded) Abandoned(slot, Leased.Id.Value, Leased.Attempt);
        await Uplink.DisposeAsync();
        held.Remove(lease);
    }

    private async Task<AttemptOutcome?> Settle(AttemptOutcome outcome)
    {
        var told = await Uplink.Finish(outcome);
        held.Remove(lease);
        Ends(slot, Leased.Id.Value, Leased.Attempt, told is null ? "no longer ours" : Text(told));
        return told;
    }

    private static string Text(AttemptOutcome outcome) =>
        outcome.Result switch
        {
            AttemptResult.Succeeded => "succeeded",
            AttemptResult.Released => $"released: {outcome.Reason}",
            _ => $"failed ({outcome.Class}): {outcome.Reason}",
        };
}
