using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Writes what the SDK collects, whenever a scrape asks.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    // The SDK keeps a provider's exporters to itself, so they are found by the provider that they know.
    private static readonly ConditionalWeakTable<PrometheusExporter, object> Living = [];

    private readonly PrometheusAspNetCoreOptions options;
    private ScrapeFormat? asked;
    private byte[]? written;

    public PrometheusExporter(PrometheusAspNetCoreOptions options, TimeProvider clock)
    {
        this.options = options;
        Scrapes = new ScrapeCache(Write, TimeSpan.FromMilliseconds(options.ScrapeResponseCacheDurationMilliseconds), clock);
        Living.Add(this, this);
    }

    /// <summary>Set by the reader; null once that is disposed.</summary>
    public Func<int, bool>? Collect { get; set; }

    public ScrapeCache Scrapes { get; }

    public static PrometheusExporter? Of(MeterProvider provider) =>
        Living.Select(living => living.Key).FirstOrDefault(exporter => ReferenceEquals(exporter.ParentProvider, provider));

    public override ExportResult Export(in Batch<Metric> batch)
    {
        // Collected without a scrape: the reader does so when it shuts down.
        if (asked is not { } format) return ExportResult.Success;
        try
        {
            written = Exposition.Write(batch, format, options, ParentProvider!.GetResource());
            return ExportResult.Success;
        }
        catch (Exception error)
        {
            // The reader would swallow it.
            PrometheusExporterEventSource.Log.FailedExport(error.ToString());
            return ExportResult.Failure;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Living.Remove(this);
            Scrapes.Dispose();
        }

        base.Dispose(disposing);
    }

    // Runs once at a time. Null when the SDK or the writing failed.
    private byte[]? Write(ScrapeFormat format)
    {
        (asked, written) = (format, null);
        try
        {
            if (Collect?.Invoke(Timeout.Infinite) != true) return null;

            // The SDK exports nothing when there is nothing; the answer still has its end mark.
            if (written is null) Export(default);
            return written;
        }
        finally
        {
            asked = null;
        }
    }
}
