using System.Collections.Frozen;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Security;

/// <summary>Who may send a request.</summary>
[Flags]
internal enum Callers
{
    /// <summary>Anybody, without a token.</summary>
    Anyone = 1,
    Viewer = 2,
    Submitter = 4,
    Worker = 8,
    Admin = 16,

    Readers = Viewer | Submitter | Admin,
    Submitters = Submitter | Admin,
    Workers = Worker | Admin,
}

/// <summary>What is asked of the requests to a route.</summary>
/// <param name="LargestBody">In bytes.</param>
internal sealed record AccessRule(string Method, string Route, Callers Callers, long LargestBody)
{
    public bool NeedsNoToken => Callers.HasFlag(Callers.Anyone);

    public bool Allows(Role role) => Callers.HasFlag(AccessRules.Of(role));

    /// <summary>Roles of tokens that the route takes, to follow "needs".</summary>
    public string Roles => string.Join(" or ", Enum.GetValues<Role>().Where(Allows).Select(role => role.ToString().ToLowerInvariant()));
}

/// <summary>The one table that says who may do what, and how much each request may bring. A route that is not in it is served to nobody, and keeps the silo from starting.</summary>
internal static class AccessRules
{
    /// <summary>Names, numbers and reasons.</summary>
    public const long Small = 64 << 10;

    /// <summary>What a worker says of all its slots and leases at once.</summary>
    private const long Medium = 2 << 20;

    /// <summary>Sweeps, metric points, log lines.</summary>
    private const long Large = 16 << 20;

    public static IReadOnlyList<AccessRule> All { get; } =
    [
        new("GET", Routes.HealthLive, Callers.Anyone, 0),
        new("GET", Routes.HealthReady, Callers.Anyone, 0),
        new("GET", Routes.Metrics, Callers.Readers, 0),

        new("GET", Routes.WhoAmI, Callers.Readers | Callers.Worker, 0),
        new("GET", Routes.Sweeps, Callers.Readers, 0),
        new("GET", Routes.Sweep, Callers.Readers, 0),
        new("GET", Routes.SweepExperiments, Callers.Readers, 0),
        new("GET", Routes.Experiment, Callers.Readers, 0),
        new("GET", Routes.ExperimentCurves, Callers.Readers, 0),
        new("GET", Routes.ExperimentLogs, Callers.Readers, 0),
        new("GET", Routes.Events, Callers.Readers, 0),
        new("GET", Routes.Workers, Callers.Readers, 0),

        new("POST", Routes.Sweeps, Callers.Submitters, Large),
        new("POST", Routes.SweepPause, Callers.Submitters, Small),
        new("POST", Routes.SweepResume, Callers.Submitters, Small),
        new("POST", Routes.SweepCancel, Callers.Submitters, Small),
        new("POST", Routes.SweepPriority, Callers.Submitters, Small),
        new("POST", Routes.SweepRetryFailed, Callers.Submitters, Small),
        new("POST", Routes.ExperimentRetry, Callers.Submitters, Small),
        new("POST", Routes.ExperimentCancel, Callers.Submitters, Small),

        new("POST", Routes.WorkerLease, Callers.Workers, Small),
        new("POST", Routes.WorkerHeartbeat, Callers.Workers, Medium),
        new("POST", Routes.GroupSizes, Callers.Workers, Small),
        new("POST", Routes.MetricFlushes, Callers.Workers, Large),
        new("POST", Routes.Checkpoints, Callers.Workers, Small),
        new("POST", Routes.Outcomes, Callers.Workers, Medium),
        new("POST", Routes.Logs, Callers.Workers, Large),

        new("POST", Routes.WorkerCordon, Callers.Admin, Small),
        new("POST", Routes.WorkerUncordon, Callers.Admin, Small),
        new("POST", Routes.WorkerDrain, Callers.Admin, Small),
        new("GET", Routes.Tokens, Callers.Admin, 0),
        new("POST", Routes.Tokens, Callers.Admin, Small),
        new("POST", Routes.TokenRevoke, Callers.Admin, Small),
    ];

    private static readonly FrozenDictionary<(string Method, string Route), AccessRule> Known = All.ToFrozenDictionary(rule => (rule.Method, rule.Route));

    /// <summary>Null for an endpoint that is not in the table, such as the framework's own for a wrong method.</summary>
    public static AccessRule? Of(string method, Endpoint? endpoint) => endpoint is RouteEndpoint { RoutePattern.RawText: { } route } ? Known.GetValueOrDefault((method, route)) : null;

    public static Callers Of(Role role) => role switch
    {
        Role.Viewer => Callers.Viewer,
        Role.Submitter => Callers.Submitter,
        Role.Worker => Callers.Worker,
        Role.Admin => Callers.Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No such role."),
    };

    /// <summary>Every endpoint has a rule.</summary>
    /// <exception cref="InvalidOperationException">One has none.</exception>
    public static void Check(IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                if (Of(method, endpoint) is null) throw new InvalidOperationException($"{method} {endpoint.RoutePattern.RawText} has no rule. Say in {nameof(AccessRules)} who may send it.");
            }
        }
    }
}
