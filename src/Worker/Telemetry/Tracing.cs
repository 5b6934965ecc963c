using OpenTelemetry;
using OpenTelemetry.Trace;
using ViViT.Contracts.Telemetry;

namespace ViViT.Worker.Telemetry;

/// <summary>Sends spans by OTLP where the standard variables say (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, …).</summary>
internal sealed class Tracing : IDisposable
{
    // A collector that does not answer is not worth the grace of a stopping worker.
    private const int LastPatienceMilliseconds = 1000;

    private readonly TracerProvider provider;

    private Tracing(string worker) => provider = Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.OfWorker(worker)).AddSource(AttemptSpans.SourceName).AddOtlpExporter().Build();

    /// <summary>Null when nobody collects: then nothing is traced.</summary>
    public static Tracing? StartIfCollected(string worker, Func<string, string?> variable) => TraceCollector.IsNamed(variable) ? new(worker) : null;

    public void Dispose()
    {
        provider.Shutdown(LastPatienceMilliseconds);
        provider.Dispose();
    }
}
