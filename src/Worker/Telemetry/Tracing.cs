using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ViViT.Worker.Telemetry;

/// <summary>Sends spans by OTLP where the standard variables say (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, …).</summary>
internal sealed class Tracing : IDisposable
{
    private static readonly string[] Collectors = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    // A collector that does not answer is not worth the grace of a stopping worker.
    private const int LastPatienceMilliseconds = 1000;

    private readonly TracerProvider provider;

    private Tracing(string worker) => provider = Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.OfWorker(worker)).AddSource(AttemptSpans.SourceName).AddOtlpExporter().Build();

    /// <summary>Null when nobody collects: then nothing is traced.</summary>
    public static Tracing? StartIfCollected(string worker, Func<string, string?> variable) => Collectors.All(name => string.IsNullOrWhiteSpace(variable(name))) ? null : new(worker);

    public void Dispose()
    {
        provider.Shutdown(LastPatienceMilliseconds);
        provider.Dispose();
    }
}
