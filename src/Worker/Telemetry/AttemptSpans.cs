using System.Diagnostics;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Telemetry;

/// <summary>
/// One attempt in the trace of its experiment: <c>attempt</c>, and in it <c>load</c>, <c>training</c> and each <c>checkpoint</c>. Nothing is made of it unless
/// somebody listens to <see cref="SourceName"/>.
/// </summary>
internal sealed class AttemptSpans : IDisposable
{
    public const string SourceName = "ViViT.Worker";

    private static readonly ActivitySource Source = new(SourceName, BuildVersion.Text);

    private readonly TimeProvider time;
    private readonly Activity? attempt;
    private Activity? phase;

    public AttemptSpans(LeasedExperiment leased, string worker, int slot, TimeProvider time)
    {
        this.time = time;
        var parent = ActivityContext.TryParse(leased.Trace, traceState: null, isRemote: true, out var told) ? told : default;
        attempt = Start("attempt", parent, ActivityKind.Consumer);
        attempt?.SetTag("vivit.experiment", leased.Id.Value).SetTag("vivit.sweep", leased.Sweep.Value).SetTag("vivit.attempt", leased.Attempt)
            .SetTag("vivit.worker", worker).SetTag("vivit.slot", slot).SetTag("vivit.resumed_step", leased.ResumeFrom?.Step ?? 0);
        phase = Within("load");
    }

    /// <summary>Data and weights are there: the first step comes.</summary>
    public void Trains()
    {
        phase?.Dispose();
        phase = Within("training");
    }

    /// <summary>A checkpoint was written just now.</summary>
    public void Saved(long bytes, double seconds)
    {
        if (attempt is null) return;
        var now = time.GetUtcNow();
        using var checkpoint = Within("checkpoint", now - TimeSpan.FromSeconds(seconds));
        checkpoint?.SetTag("vivit.bytes", bytes).SetEndTime(now.UtcDateTime);
    }

    /// <summary>It trains no more.</summary>
    public void Stops(AttemptOutcome outcome)
    {
        phase?.Dispose();
        phase = null;
        attempt?.SetTag("vivit.outcome", ContractsJson.Name(outcome.Result));
        if (outcome.Class is { } blame) attempt?.SetTag("vivit.class", ContractsJson.Name(blame));
        if (outcome.Result == AttemptResult.Failed) attempt?.SetStatus(ActivityStatusCode.Error, outcome.Reason);
    }

    /// <summary>It is over: the server has its outcome, or does not want it.</summary>
    public void Dispose()
    {
        phase?.Dispose();
        attempt?.Dispose();
    }

    private Activity? Within(string name, DateTimeOffset start = default) => attempt is null ? null : Start(name, attempt.Context, ActivityKind.Internal, start);

    // The attempts of a lease begin on one flow of control: none of them is the others' current one.
    private static Activity? Start(string name, ActivityContext parent, ActivityKind kind, DateTimeOffset start = default)
    {
        var current = Activity.Current;
        Activity.Current = null;
        var started = Source.StartActivity(name, kind, parent, startTime: start);
        Activity.Current = current;
        return started;
    }
}
