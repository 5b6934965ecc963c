using System.Text;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>The resource's attributes as a series of their own.</summary>
internal static class TargetInfo
{
    public const string Family = "target";
    public const string Sample = "target_info";

    public static void Write(StringBuilder text, Resource resource, ScrapeFormat format)
    {
        var labels = new LabelSet();
        foreach (var attribute in resource.Attributes) labels.Add(attribute.Key, attribute.Value);
        if (!labels.All.Any()) return;

        // The text format knows no type info.
        var (name, type) = format == ScrapeFormat.OpenMetrics ? (Family, "info") : (Sample, "gauge");
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        text.Append("# HELP ").Append(name).Append(" Target metadata\n");
        text.Append(Sample).Append('{').Append(labels).Append("} 1\n");
    }
}
