using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Writes a whole scrape.</summary>
internal static class Exposition
{
    public static byte[] Write(in Batch<Metric> batch, ScrapeFormat format, PrometheusAspNetCoreOptions options, Resource resource)
    {
        var text = new StringBuilder();
        var constant = resource.Attributes.Where(attribute => options.ResourceConstantLabels?.Invoke(attribute.Key) == true).ToList();
        if (options.TargetInfoEnabled) TargetInfo.Write(text, resource, format);
        foreach (var family in Families.Of(batch, format, options))
        {
            new FamilyWriter(text, family, format, options.ScopeInfoEnabled, constant).Write();
            if (text.Length > options.MaxScrapeResponseSizeBytes) throw TooLarge(options);
        }

        if (format == ScrapeFormat.OpenMetrics) text.Append("# EOF\n");
        var scrape = Encoding.UTF8.GetBytes(text.ToString());
        return scrape.Length <= options.MaxScrapeResponseSizeBytes ? scrape : throw TooLarge(options);
    }

    private static InvalidOperationException TooLarge(PrometheusAspNetCoreOptions options) => new(
        $"The scrape is larger than {nameof(options.MaxScrapeResponseSizeBytes)}, {options.MaxScrapeResponseSizeBytes} bytes. Has a metric a label without bounds? Else raise it.");
}
