using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Sorts what was collected into families, each contiguous and of one type, no two with the same sample names.</summary>
internal static class Families
{
    public static IEnumerable<Family> Of(in Batch<Metric> batch, ScrapeFormat format, PrometheusAspNetCoreOptions options)
    {
        var families = new SortedDictionary<string, Family>(StringComparer.Ordinal);
        var dropped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            if (metric.MetricType is MetricType.ExponentialHistogram)
            {
                PrometheusExporterEventSource.Log.UnsupportedMetric(metric.Name);
                continue;
            }

            var (names, kind) = (MetricNames.Of(metric, format, options.DisableTotalNameSuffixForCounters), MetricNames.Kind(metric.MetricType));
            if (!families.TryGetValue(names.Family, out var family)) families[names.Family] = family = new Family(names, kind);
            if (family.Kind == kind)
            {
                family.Add(metric);
                continue;
            }

            // Neither stays: which came first is chance.
            PrometheusExporterEventSource.Log.ConflictingType(names.Family, family.Kind.ToString(), kind.ToString());
            dropped.Add(names.Family);
        }

        return Distinct(families.Values.Where(family => !dropped.Contains(family.Name)), options.TargetInfoEnabled);
    }

    // A gauge a_count beside a histogram a.
    private static List<Family> Distinct(IEnumerable<Family> families, bool targetInfo)
    {
        var kept = new List<Family>();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        if (targetInfo) owners[TargetInfo.Family] = owners[TargetInfo.Sample] = TargetInfo.Sample;
        foreach (var family in families)
        {
            if (family.SampleNames.FirstOrDefault(owners.ContainsKey) is { } taken)
            {
                PrometheusExporterEventSource.Log.ConflictingSample(family.Name, taken, owners[taken]);
                continue;
            }

            foreach (var name in family.SampleNames) owners[name] = family.Name;
            kept.Add(family);
        }

        return kept;
    }
}
