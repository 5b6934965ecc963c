namespace ViViT.Contracts.Wire;

/// <summary>Paths of the HTTP protocol, JSON in and out (<see cref="ContractsJson"/>), a bearer token on every request; errors are RFC 9457 problems.</summary>
public static class Routes
{
    /// <summary>
    /// POST a <c>SweepSpec</c> → <see cref="SweepStatus"/>. With the header <see cref="IdempotencyKey"/>, a repeated one is answered with the sweep of
    /// the first, and 409 when the spec is another. GET → the latest ones, newest first (<c>?limit=</c>).
    /// </summary>
    public const string Sweeps = "/v1/sweeps";

    /// <summary>GET → <see cref="SweepStatus"/>.</summary>
    public const string Sweep = "/v1/sweeps/{id:long}";

    /// <summary>GET → <see cref="ExperimentRow"/>s in order of ordinal (<c>?state=&amp;after=&amp;limit=</c>, after = an ordinal).</summary>
    public const string SweepExperiments = "/v1/sweeps/{id:long}/experiments";

    /// <summary>POST → <see cref="SweepStatus"/>.</summary>
    public const string SweepCancel = "/v1/sweeps/{id:long}/cancel";

    /// <summary>POST → <see cref="SweepStatus"/>: nothing new starts, what runs saves and waits.</summary>
    public const string SweepPause = "/v1/sweeps/{id:long}/pause";

    /// <summary>POST → <see cref="SweepStatus"/>.</summary>
    public const string SweepResume = "/v1/sweeps/{id:long}/resume";

    /// <summary>POST → <see cref="RetriedExperiments"/>: another attempt for exactly those that failed.</summary>
    public const string SweepRetryFailed = "/v1/sweeps/{id:long}/retry-failed";

    /// <summary>POST a <see cref="PriorityChange"/> → <see cref="SweepStatus"/>.</summary>
    public const string SweepPriority = "/v1/sweeps/{id:long}/priority";

    /// <summary>GET → <see cref="ExperimentDetail"/>.</summary>
    public const string Experiment = "/v1/experiments/{id:long}";

    /// <summary>GET → <see cref="Curve"/>s (<c>?metric=</c>, repeatable; all when none is named).</summary>
    public const string ExperimentCurves = "/v1/experiments/{id:long}/curves";

    /// <summary>POST → <see cref="ExperimentDetail"/>: another attempt at one that failed or was cancelled; 409 for others.</summary>
    public const string ExperimentRetry = "/v1/experiments/{id:long}/retry";

    /// <summary>POST → <see cref="ExperimentDetail"/>; 409 for one that has ended.</summary>
    public const string ExperimentCancel = "/v1/experiments/{id:long}/cancel";

    /// <summary>GET → <see cref="LogRow"/>s, oldest first (<c>?after=&amp;limit=</c>, after = a row's id).</summary>
    public const string ExperimentLogs = "/v1/experiments/{id:long}/logs";

    /// <summary>POST <see cref="LogBatch"/>es → 204.</summary>
    public const string Logs = "/v1/logs";

    /// <summary>
    /// GET → <see cref="EventRow"/>s, oldest first (<c>?after=&amp;sweep=&amp;experiment=&amp;worker=&amp;limit=&amp;wait_seconds=</c>, after = an event's id; without it the
    /// latest). With wait_seconds it answers when there is an event, or none came in time.
    /// </summary>
    public const string Events = "/v1/events";

    /// <summary>GET → <see cref="WorkerRow"/>s.</summary>
    public const string Workers = "/v1/workers";

    /// <summary>POST a <see cref="LeaseRequest"/> → <see cref="Lease"/>, or 204.</summary>
    public const string WorkerLease = "/v1/workers/{worker}/lease";

    /// <summary>POST a <see cref="Heartbeat"/> → <see cref="HeartbeatReply"/>.</summary>
    public const string WorkerHeartbeat = "/v1/workers/{worker}/heartbeat";

    /// <summary>POST a <see cref="CordonRequest"/> → 204: no more leases for it.</summary>
    public const string WorkerCordon = "/v1/workers/{worker}/cordon";

    /// <summary>POST → 204: no more leases, what it has is saved and handed back, then it ends.</summary>
    public const string WorkerDrain = "/v1/workers/{worker}/drain";

    /// <summary>POST → 204.</summary>
    public const string WorkerUncordon = "/v1/workers/{worker}/uncordon";

    /// <summary>POST a <see cref="MeasuredShape"/> → 204.</summary>
    public const string GroupSizes = "/v1/group-sizes";

    /// <summary>POST <see cref="MetricFlush"/>es → <see cref="ReportReply"/>s in the same order.</summary>
    public const string MetricFlushes = "/v1/metric-flushes";

    /// <summary>POST a <see cref="CheckpointCommit"/> → <see cref="ReportReply"/>.</summary>
    public const string Checkpoints = "/v1/checkpoints";

    /// <summary>POST an <see cref="OutcomeReport"/> → <see cref="ReportReply"/>.</summary>
    public const string Outcomes = "/v1/outcomes";

    /// <summary>POST a <see cref="TokenRequest"/> → <see cref="CreatedToken"/>, the token in it this once. GET → <see cref="TokenRow"/>s, newest first.</summary>
    public const string Tokens = "/v1/tokens";

    /// <summary>POST → 204: it opens nothing any more, within seconds on every silo.</summary>
    public const string TokenRevoke = "/v1/tokens/{id:long}/revoke";

    /// <summary>GET, with a token of any role → <see cref="WhoAmI"/>.</summary>
    public const string WhoAmI = "/v1/whoami";

    /// <summary>Header of a submission: up to 200 characters of the caller's choice that make repeating it harmless.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>GET; no token: the process answers. Asks no database.</summary>
    public const string HealthLive = "/health/live";

    /// <summary>GET; no token: the process can serve (started, not stopping, migrations applied).</summary>
    public const string HealthReady = "/health/ready";

    /// <summary>GET → metrics in the formats of Prometheus; no token at the management address.</summary>
    public const string Metrics = "/metrics";

    /// <summary>A route with its parameter filled in, e.g. <c>Routes.Fill(Routes.Sweep, 3)</c>.</summary>
    public static string Fill(string route, object value)
    {
        var open = route.IndexOf('{', StringComparison.Ordinal);
        var close = route.IndexOf('}', StringComparison.Ordinal);
        return string.Concat(route.AsSpan(0, open), Uri.EscapeDataString(FormattableString.Invariant($"{value}")), route.AsSpan(close + 1));
    }
}
