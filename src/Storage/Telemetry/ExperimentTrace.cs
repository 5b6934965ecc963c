using System.Diagnostics;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Storage.Telemetry;

/// <summary>
/// One trace for each experiment: its root is made when it is submitted and rests in its row as a W3C <c>traceparent</c>; what happens to it later,
/// in whichever process, is a child of that (docs/telemetry.md). Spans of the past are made when they are over, by the database's clock. Nothing is
/// made unless somebody listens to <see cref="SourceName"/>.
/// </summary>
public static class ExperimentTrace
{
    public const string SourceName = SiloMeter.Name;

    private static readonly ActivitySource Source = new(SourceName, SiloMeter.Version);

    /// <summary>Whether anybody listens.</summary>
    internal static bool IsOn => Source.HasListeners();

    /// <summary>The experiment is submitted.</summary>
    /// <returns>What its row keeps; null when it is not traced.</returns>
    internal static string? Begin(SweepId sweep, int ordinal, string pool)
    {
        if (!IsOn) return null;
        var request = Activity.Current;
        Activity.Current = null; // a trace of its own, not one for all that a request submits
        using var root = Source.StartActivity("experiment", ActivityKind.Producer, parentContext: default, [new("vivit.sweep", sweep.Value), new("vivit.ordinal", ordinal), new("vivit.pool", pool)]);
        var parent = root is { Recorded: true } ? root.Id : null;
        root?.Stop();
        Activity.Current = request;
        return parent;
    }

    /// <summary>A lease ended its wait.</summary>
    internal static void Queued(string? trace, ExperimentId experiment, int attempt, string worker, DateTimeOffset until, TimeSpan waited)
    {
        using var span = Start("queued", trace, experiment, until - waited, until);
        span?.SetTag("vivit.attempt", attempt).SetTag("vivit.worker", worker);
    }

    /// <summary>An attempt ended.</summary>
    internal static void Ended(string? trace, ExperimentId experiment, EndedAttempt attempt, AttemptEnding ending)
    {
        using var span = Start("attempt", trace, experiment, attempt.StartedAt, attempt.EndedAt);
        span?.SetTag("vivit.attempt", attempt.Number).SetTag("vivit.worker", attempt.Worker).SetTag("vivit.outcome", ending.Outcome)
            .SetTag("vivit.class", ending.Class is { } failure ? Sql.Text(failure) : null);
        if (ending.Outcome is "failed" or "lease_lost") span?.SetStatus(ActivityStatusCode.Error, ending.Reason);
    }

    /// <summary>A checkpoint became the one to resume from.</summary>
    internal static void Committed(string? trace, ExperimentId experiment, CheckpointManifest checkpoint, DateTimeOffset from, DateTimeOffset to)
    {
        using var span = Start("checkpoint", trace, experiment, from, to);
        span?.SetTag("vivit.step", checkpoint.Step).SetTag("vivit.bytes", checkpoint.Bytes);
    }

    /// <summary>The experiment reached a final state.</summary>
    internal static void Ended(string? trace, ExperimentId experiment, ExperimentState state, string? reason, DateTimeOffset at)
    {
        using var span = Start("end", trace, experiment, at, at);
        span?.SetTag("vivit.state", Sql.Text(state));
        if (state == ExperimentState.Failed) span?.SetStatus(ActivityStatusCode.Error, reason);
    }

    private static Activity? Start(string name, string? trace, ExperimentId experiment, DateTimeOffset from, DateTimeOffset to)
    {
        if (trace is null || !IsOn || !ActivityContext.TryParse(trace, traceState: null, isRemote: true, out var root)) return null;
        var span = Source.StartActivity(name, ActivityKind.Internal, root, [new("vivit.experiment", experiment.Value)], startTime: from);
        return span?.SetEndTime((to > from ? to : from.AddTicks(1)).UtcDateTime); // a span of no length would end now
    }
}

/// <summary>An attempt that was closed, by the database's clock.</summary>
internal sealed record EndedAttempt(int Number, string Worker, DateTimeOffset StartedAt, DateTimeOffset EndedAt)
{
    public TimeSpan Lasted => EndedAt - StartedAt;
}
