namespace ViViT.Contracts.Wire;

/// <summary>Paths of the HTTP protocol, JSON in and out (<see cref="ContractsJson"/>), a bearer token on every request; errors are RFC 9457 problems.</summary>
public static class Routes
{
    /// <summary>POST a <c>SweepSpec</c> → <see cref="SweepStatus"/>; GET → the latest ones, newest first (<c>?limit=</c>).</summary>
    public const string Sweeps = "/v1/sweeps";

    /// <summary>GET → <see cref="SweepStatus"/>.</summary>
    public const string Sweep = "/v1/sweeps/{id:long}";

    /// <summary>GET → <see cref="ExperimentRow"/>s in order of ordinal (<c>?state=&amp;after=&amp;limit=</c>, after = an ordinal).</summary>
    public const string SweepExperiments = "/v1/sweeps/{id:long}/experiments";

    /// <summary>POST → <see cref="SweepStatus"/>.</summary>
    public const string SweepCancel = "/v1/sweeps/{id:long}/cancel";

    /// <summary>GET → <see cref="ExperimentDetail"/>.</summary>
    public const string Experiment = "/v1/experiments/{id:long}";

    /// <summary>GET → <see cref="Curve"/>s (<c>?metric=</c>, repeatable; all when none is named).</summary>
    public const string ExperimentCurves = "/v1/experiments/{id:long}/curves";

    /// <summary>GET → <see cref="WorkerRow"/>s.</summary>
    public const string Workers = "/v1/workers";

    /// <summary>POST a <see cref="LeaseRequest"/> → <see cref="Lease"/>, or 204.</summary>
    public const string WorkerLease = "/v1/workers/{worker}/lease";

    /// <summary>POST a <see cref="Heartbeat"/> → <see cref="HeartbeatReply"/>.</summary>
    public const string WorkerHeartbeat = "/v1/workers/{worker}/heartbeat";

    /// <summary>POST a <see cref="MeasuredShape"/> → 204.</summary>
    public const string GroupSizes = "/v1/group-sizes";

    /// <summary>POST <see cref="MetricFlush"/>es → <see cref="ReportReply"/>s in the same order.</summary>
    public const string MetricFlushes = "/v1/metric-flushes";

    /// <summary>POST a <see cref="CheckpointCommit"/> → <see cref="ReportReply"/>.</summary>
    public const string Checkpoints = "/v1/checkpoints";

    /// <summary>POST an <see cref="OutcomeReport"/> → <see cref="ReportReply"/>.</summary>
    public const string Outcomes = "/v1/outcomes";

    /// <summary>GET; no token: the process answers. Asks no database.</summary>
    public const string HealthLive = "/health/live";

    /// <summary>GET; no token: the process can serve (started, not stopping, migrations applied).</summary>
    public const string HealthReady = "/health/ready";

    /// <summary>A route with its parameter filled in, e.g. <c>Routes.Fill(Routes.Sweep, 3)</c>.</summary>
    public static string Fill(string route, object value)
    {
        var open = route.IndexOf('{', StringComparison.Ordinal);
        var close = route.IndexOf('}', StringComparison.Ordinal);
        return string.Concat(route.AsSpan(0, open), Uri.EscapeDataString(FormattableString.Invariant($"{value}")), route.AsSpan(close + 1));
    }
}
