namespace ViViT.Contracts.Telemetry;

/// <summary>Whether somebody collects traces. The variables are OpenTelemetry's own; its exporter reads them itself, with all others of their kind.</summary>
public static class TraceCollector
{
    private static readonly string[] Variables = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <param name="variable">Value of an environment variable, null when absent.</param>
    public static bool IsNamed(Func<string, string?> variable) => Variables.Any(name => !string.IsNullOrWhiteSpace(variable(name)));
}
