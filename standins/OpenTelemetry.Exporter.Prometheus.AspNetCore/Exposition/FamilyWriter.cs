using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Writes one family: what it is, then its series, none twice.</summary>
/// <param name="constant">Labels of the resource that every series has.</param>
internal sealed class FamilyWriter(StringBuilder text, Family family, ScrapeFormat format, bool scopes, IReadOnlyList<KeyValuePair<string, object>> constant)
{
    private readonly bool open = format == ScrapeFormat.OpenMetrics;
    private readonly HashSet<string> written = new(StringComparer.Ordinal);

    public void Write()
    {
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        if (open && family.Unit.Length > 0) text.Append("# UNIT ").Append(family.Name).Append(' ').Append(family.Unit).Append('\n');
        if (family.Help.Length > 0) text.Append("# HELP ").Append(family.Name).Append(' ').Append(open ? Escapes.Quoted(family.Help) : Escapes.Line(family.Help)).Append('\n');
        foreach (var metric in family.Metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = Labels(metric, point.Tags);
                if (!written.Add(labels)) PrometheusExporterEventSource.Log.DuplicateSeries(family.Name, labels);
                else if (family.Kind == MetricKind.Histogram) Histogram(point, labels);
                else Number(metric.MetricType, point, labels);
            }
        }
    }

    private void Number(MetricType type, in MetricPoint point, string labels)
    {
        var value = type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => Numbers.Of(point.GetSumLong()),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Numbers.Of(point.GetSumDouble()),
            MetricType.LongGauge => Numbers.Of(point.GetGaugeLastValueLong()),
            _ => Numbers.Of(point.GetGaugeLastValueDouble()),
        };
        var counts = open && family.Kind == MetricKind.Counter;
        Sample(family.Sample, labels, value, counts ? Exemplars.OfCounter(point, type is MetricType.LongSum) : "");
        if (counts) Sample($"{family.Name}_created", labels, Numbers.Seconds(point.StartTime));
    }

    private void Histogram(in MetricPoint point, string labels)
    {
        var (count, below, negative) = (0L, double.NegativeInfinity, false);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            negative |= bucket.ExplicitBound < 0;
            count += bucket.BucketCount;
            Bucket(labels, bucket.ExplicitBound, count, open ? Exemplars.OfBucket(point, below, bucket.ExplicitBound) : "");
            below = bucket.ExplicitBound;
        }

        // Without bounds the SDK counts no bucket, not even that of all.
        if (!double.IsPositiveInfinity(below)) Bucket(labels, double.PositiveInfinity, point.GetHistogramCount(), "");

        // A sum that can fall is no counter: OpenMetrics forbids it, and the count with it.
        if (!open || !negative)
        {
            Sample($"{family.Name}_sum", labels, Numbers.Of(point.GetHistogramSum()));
            Sample($"{family.Name}_count", labels, Numbers.Of(point.GetHistogramCount()));
        }

        if (open) Sample($"{family.Name}_created", labels, Numbers.Seconds(point.StartTime));
    }

    private void Bucket(string labels, double bound, long count, string exemplar) =>
        Sample($"{family.Name}_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{(open ? Numbers.Canonical(bound) : Numbers.Of(bound))}\"", Numbers.Of(count), exemplar);

    private void Sample(string name, string labels, string value, string exemplar = "")
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value).Append(exemplar).Append('\n');
    }

    private string Labels(Metric metric, in ReadOnlyTagCollection tags)
    {
        var labels = new LabelSet(reserved: family.Kind == MetricKind.Histogram ? "le" : null);
        if (scopes) Scope(metric, labels);
        foreach (var tag in tags) labels.Add(tag.Key, tag.Value);
        foreach (var attribute in constant) labels.Add(attribute.Key, attribute.Value);
        return labels.ToString();
    }

    private static void Scope(Metric metric, LabelSet labels)
    {
        labels.Add("otel_scope_name", metric.MeterName);
        labels.Add("otel_scope_version", metric.MeterVersion);
        labels.Add("otel_scope_schema_url", metric.MeterSchemaUrl);
        foreach (var tag in metric.MeterTags ?? [])
        {
            if (tag.Key is not ("name" or "version" or "schema_url")) labels.Add($"otel_scope_{tag.Key}", tag.Value);
        }
    }
}
