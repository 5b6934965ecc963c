using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Telemetry;

namespace ViViT.Worker.Agent;

/// <summary>One attempt at one experiment of a lease: its part of the lease, its way to the server, its log, and its end.</summary>
internal sealed partial class Attempt : IAsyncDisposable
{
    private readonly int slot;
    private readonly HeldLeases held;
    private readonly HeldLease lease;
    private readonly LeaseLog lines;
    private readonly SlotLedger.Account account;
    private readonly AttemptSpans spans;
    private readonly ILogger log;
    private Task<AttemptOutcome?>? settled;

    /// <param name="account">Gets the time of the slot.</param>
    /// <param name="spans">Its part of the experiment's trace.</param>
    public Attempt(
        int slot, LeasedExperiment leased, HeldLeases held, Func<HeldLease, AttemptUplink> uplink, LeaseLog lines, SlotLedger.Account account, AttemptSpans spans, ILogger log)
    {
        (this.slot, this.held, this.lines, this.account, this.spans, this.log, Leased) = (slot, held, lines, account, spans, log, leased);
        using var scope = log.Of(leased);   // of what the uplink logs, too
        lease = held.Add(leased);
        Uplink = uplink(lease);
        Starts(slot, leased.Id.Value, leased.Attempt, leased.Fence, leased.ResumeFrom?.Step ?? 0);
    }

    public LeasedExperiment Leased { get; }

    public AttemptUplink Uplink { get; }

    public bool HasEnded => settled is not null;

    /// <summary>Cancelled when the server wants it saved and handed back.</summary>
    public CancellationToken WantedBack => lease.WantedBack;

    /// <summary>The server's reason; null as long as it is not wanted back.</summary>
    public string? WhyWantedBack => lease.WhyWantedBack;

    /// <summary>Its lease was lost so long ago that its trainer should have ended it.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>The server does not know how it ended, although nobody else has it: its lease has to expire. Known when it was disposed of.</summary>
    public bool IsLeftBehind { get; private set; }

    /// <summary>Data and weights are there, and the training begins or goes on.</summary>
    public void Trains(long step, long totalSteps)
    {
        spans.Trains();
        Uplink.Started(step, totalSteps);
        Say(step == 0 ? $"training starts: {totalSteps} steps" : $"training goes on after step {step} of {totalSteps}");
    }

    /// <summary>A checkpoint was written.</summary>
    public void Wrote(long bytes, double seconds) => spans.Saved(bytes, seconds);

    /// <summary>A line for its log.</summary>
    public void Say(string text) => lines.Say(Leased.Held, text);

    /// <summary>The first end counts: it is told to the server while others of the lease go on, and then the experiment is held no more.</summary>
    public void End(AttemptOutcome outcome)
    {
        if (HasEnded) return;
        account.Stop();
        spans.Stops(outcome);
        lines.SayLast(Leased.Held, $"attempt {Leased.Attempt} {Text(outcome)}");
        settled = Settle(outcome);
    }

    /// <summary>Waits until the server has the outcome.</summary>
    /// <returns>What the server has; null when nobody wants it any more.</returns>
    public Task<AttemptOutcome?> Settled() => settled ?? throw new InvalidOperationException($"The attempt at experiment {Leased.Id} has not ended.");

    /// <summary>Sends nothing more; an attempt that has not ended is left to its lease's end.</summary>
    public async ValueTask DisposeAsync()
    {
        await Uplink.DisposeAsync();
        using var scope = log.Of(Leased);
        if (!HasEnded) Abandoned(slot, Leased.Id.Value, Leased.Attempt);
        var told = HasEnded ? await settled! : null;
        IsLeftBehind = !lease.Lost.IsCancellationRequested && told is null;
        account.Settle(kept: false);   // of one that has not ended
        spans.Dispose();
        held.Remove(lease);
    }

    private async Task<AttemptOutcome?> Settle(AttemptOutcome outcome)
    {
        using var scope = log.Of(Leased);
        var told = await Uplink.Finish(outcome);
        held.Remove(lease);
        account.Settle(kept: told?.Result == AttemptResult.Succeeded);
        spans.Dispose();
        Ends(slot, Leased.Id.Value, Leased.Attempt, told is not null ? Text(told) : lease.Lost.IsCancellationRequested ? "no longer ours" : "ended, but the server was not told: its lease will expire");
        return told;
    }

    private static string Text(AttemptOutcome outcome) =>
        outcome.Result switch
        {
            AttemptResult.Succeeded => "succeeded",
            AttemptResult.Released => $"released: {outcome.Reason}",
            _ => $"failed ({ContractsJson.Name(outcome.Class ?? FailureClass.Infrastructure)}): {outcome.Reason}",
        };
}
