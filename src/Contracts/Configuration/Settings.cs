using static ViViT.Contracts.Configuration.SettingKinds;

namespace ViViT.Contracts.Configuration;

/// <summary>Every setting that there is. docs/settings.md is made from this table.</summary>
public static class Settings
{
    private const Programs All3 = Programs.Silo | Programs.Worker | Programs.Cli;

    public static Setting<string> SettingsFile { get; } = new(
        "settings", Programs.Silo | Programs.Worker, Path("a JSON file with an object \"vivit\""), "File of settings; a variable goes before it, a flag before both", WhenUnset: "appsettings.json beside the program, if there is one");

    public static Setting<string> Postgres { get; } = new(
        "postgres", Programs.Silo | Programs.Cli, Text("an Npgsql connection string, e.g. Host=/run/postgresql;Database=vivit;Username=vivit"), "The database; given to `vivit up`, one to use instead of a private one", IsSecret: true);

    public static Setting<ListenAddress> Listen { get; } = new(
        "listen", Programs.Silo, SettingKinds.Listen("http://127.0.0.1:5860"), "Where the API is served", Default: "http://127.0.0.1:5860");

    public static Setting<string> TlsCertificate { get; } = new(
        "tls_certificate", Programs.Silo, Path("a PEM file with the certificate and its chain"), "Certificate of the API, read again when it changes", WhenUnset: "no TLS");

    public static Setting<string> TlsKey { get; } = new(
        "tls_key", Programs.Silo, Path("a PEM file with the certificate's private key"), "Key of the certificate", WhenUnset: "looked for in the certificate's file");

    public static Setting<PlainHttp> PlainHttp { get; } = new(
        "plain_http", Programs.Silo, OneOf<PlainHttp>(), "Where the API may be served without TLS; anywhere only behind a proxy or mesh that encrypts", Default: "loopback");

    public static Setting<ListenAddress> Management { get; } = new(
        "management", Programs.Silo | Programs.Worker, SettingKinds.Listen("http://127.0.0.1:9464"), "Where /metrics and /health are served to everybody who can reach it", WhenUnset: "the silo serves them on its API, the worker not at all");

    public static Setting<string> TokenFile { get; } = new(
        "token_file", All3, Path("the file with the bearer token"), "Token: the silo's own for administration, made when absent; the one that worker and command line show");

    public static Setting<int> RequestsPerSecond { get; } = new(
        "requests_per_second", Programs.Silo, Count(1, 1_000_000), "Requests that one token may make a second", Default: "5000");

    public static Setting<string> AllowedHosts { get; } = new(
        "allowed_hosts", Programs.Silo, Text("names parted by commas, or * for all"), "Names that the API may be asked for besides those of this machine", WhenUnset: "on loopback none, else all");

    public static Setting<TimeSpan> Lease { get; } = new(
        "lease_seconds", Programs.Silo, Seconds(0.5, 3600), "How long a lease lives without a heartbeat", Default: "15");

    public static Setting<TimeSpan> PostgresPatience { get; } = new(
        "postgres_patience_seconds", Programs.Silo, Seconds(0.5, 3600), "How long to wait for Postgres at the start", Default: "60");

    public static Setting<Migrate> Migrate { get; } = new(
        "migrate", Programs.Silo, OneOf<Migrate>(), "When the schema is brought up to date; never: by `ViViT.Silo migrate` alone", Default: "at-start");

    public static Setting<Clustering> Clustering { get; } = new(
        "clustering", Programs.Silo, OneOf<Clustering>(), "How silos find each other: one alone, by rows in Postgres, or by these and Kubernetes", Default: "localhost");

    public static Setting<int> OrleansSiloPort { get; } = new(
        "orleans_silo_port", Programs.Silo, Port, "Port for other silos", WhenUnset: "any free one alone, 11111 in a cluster");

    public static Setting<int> OrleansGatewayPort { get; } = new(
        "orleans_gateway_port", Programs.Silo, Port, "Port of Orleans' gateway", WhenUnset: "any free one alone, 30000 in a cluster");

    public static Setting<Uri> Server { get; } = new(
        "server", Programs.Worker | Programs.Cli, Url, "Address of the silo; for the command line, of one elsewhere");

    public static Setting<string> CertificateAuthority { get; } = new(
        "ca", Programs.Worker | Programs.Cli, Path("a PEM file with certificates"), "Authority that signed the silo's certificate", WhenUnset: "the system's");

    public static Setting<string> Pool { get; } = new("pool", Programs.Worker, Text("a name"), "Pool that the worker serves", Default: "local");

    public static Setting<string> Worker { get; } = new("worker", Programs.Worker, Text("a name"), "Name of the worker, to which each start adds four digits", WhenUnset: "the host's");

    public static Setting<string> Device { get; } = new("device", Programs.Worker, new("cpu, cuda or auto", text => text is "cpu" or "cuda" or "auto" ? text : throw Wrong()), "What to compute on", Default: "auto");

    public static Setting<int> Slots { get; } = new("slots", Programs.Worker, Count(1, 1024), "Experiments, or groups of them, that train side by side", WhenUnset: "a GPU each, else a core each");

    public static Setting<int> MaxGroup { get; } = new("max_group", Programs.Worker, Count(1, 1024), "The most experiments that a slot trains as one", Default: "256");

    public static Setting<string> Data { get; } = new("data", Programs.Worker | Programs.Cli, Path("a folder"), "Data sets", WhenUnset: "~/.cache/vivit");

    public static Setting<string> Checkpoints { get; } = new("checkpoints", Programs.Worker, Path("a folder"), "Checkpoints, shared by the workers of a pool", WhenUnset: "~/.local/state/vivit/checkpoints");

    public static Setting<TimeSpan> Stall { get; } = new("stall_seconds", Programs.Worker, Seconds(1, 86_400), "A trainer that gives no sign of life for so long is killed", Default: "120");

    public static Setting<TimeSpan> Grace { get; } = new("grace_seconds", Programs.Worker, Seconds(1, 3600), "How long a worker that is told to stop may save and hand back", Default: "20");

    public static Setting<bool> DrainWhenIdle { get; } = new("drain_when_idle", Programs.Worker, Switch, "End when there is no work for a while, as a Job does", Default: "false");

    public static Setting<string> State { get; } = new("state", Programs.Cli, Path("a folder"), "Folder of the local stack: database, token, logs, checkpoints", WhenUnset: "~/.local/state/vivit, for root /var/lib/vivit");

    public static Setting<LogFormat> LogFormat { get; } = new("log_format", Programs.Silo | Programs.Worker, OneOf<LogFormat>(), "Lines for people, or an object a line for programs", Default: "text");

    /// <summary>What else the programs read from their environment: names that are not ours.</summary>
    public static IReadOnlyList<StandardVariable> Standard { get; } =
    [
        new("OTEL_EXPORTER_OTLP_ENDPOINT", Programs.Silo | Programs.Worker, "Where traces go, by OTLP; OpenTelemetry's other OTEL_ variables hold too. Unset: no tracing"),
        new("POD_IP", Programs.Silo, "Address that a silo of a cluster tells the others. Unset: the host's"),
        new("POD_NAME", Programs.Silo, "Name of the silo's pod, for VIVIT_CLUSTERING=kubernetes"),
        new("POD_NAMESPACE", Programs.Silo, "Namespace of the silos' pods, for VIVIT_CLUSTERING=kubernetes"),
        new("ORLEANS_SERVICE_ID", Programs.Silo, "Orleans' name of the service; the same for good. Unset: vivit"),
        new("ORLEANS_CLUSTER_ID", Programs.Silo, "Orleans' name of the cluster: silos that say the same are one. Unset: vivit"),
        new("XDG_CACHE_HOME", Programs.Worker | Programs.Cli, "Instead of ~/.cache"),
        new("XDG_STATE_HOME", Programs.Worker | Programs.Cli, "Instead of ~/.local/state"),
        new("NO_COLOR", Programs.Cli, "Set to anything: plain text on a terminal too"),
    ];

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        SettingsFile, Postgres, Listen, TlsCertificate, TlsKey, PlainHttp, Management, TokenFile, RequestsPerSecond, AllowedHosts, Lease, PostgresPatience, Migrate, Clustering, OrleansSiloPort, OrleansGatewayPort,
        Server, CertificateAuthority, Pool, Worker, Device, Slots, MaxGroup, Data, Checkpoints, Stall, Grace, DrainWhenIdle, State, LogFormat,
    ];
}

/// <summary>An environment variable whose name others chose.</summary>
public sealed record StandardVariable(string Name, Programs ReadBy, string Meaning);

/// <summary>Where the API may be served without TLS.</summary>
public enum PlainHttp
{
    Loopback,
    Anywhere,
}

/// <summary>When a silo migrates the schema.</summary>
public enum Migrate
{
    AtStart,
    Never,
}

/// <summary>How silos find each other.</summary>
public enum Clustering
{
    Localhost,
    Postgres,
    Kubernetes,
}

/// <summary>How a program writes its log.</summary>
public enum LogFormat
{
    Text,
    Json,
}
