using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>The latest measurement with a trace that fell into a counter or a bucket, as OpenMetrics appends it to the sample.</summary>
internal static class Exemplars
{
    private const int MostCharacters = 128;

    public static string OfCounter(in MetricPoint point, bool whole) =>
        Latest(point, _ => true) is { } exemplar ? Text(exemplar, whole ? Numbers.Of(exemplar.LongValue) : Numbers.Of(exemplar.DoubleValue)) : "";

    /// <param name="above">Not in the bucket.</param>
    /// <param name="upTo">The largest in the bucket.</param>
    public static string OfBucket(in MetricPoint point, double above, double upTo) =>
        Latest(point, exemplar => exemplar.DoubleValue <= upTo && (exemplar.DoubleValue > above || double.IsNegativeInfinity(above))) is { } exemplar
            ? Text(exemplar, Numbers.Of(exemplar.DoubleValue)) : "";

    private static Exemplar? Latest(in MetricPoint point, Func<Exemplar, bool> belongs)
    {
        Exemplar? latest = null;
        if (!point.TryGetExemplars(out var exemplars)) return null;
        foreach (ref readonly var exemplar in exemplars)
        {
            if (belongs(exemplar) && !(latest?.Timestamp > exemplar.Timestamp)) latest = exemplar;
        }

        return latest;
    }

    private static string Text(Exemplar exemplar, string value)
    {
        var labels = new LabelSet();
        foreach (var tag in exemplar.FilteredTags) labels.Add(tag.Key, tag.Value);
        var trace = new List<(string Name, string Value)>();
        if (exemplar.TraceId != default) trace.Add(("trace_id", exemplar.TraceId.ToHexString()));
        if (exemplar.SpanId != default) trace.Add(("span_id", exemplar.SpanId.ToHexString()));

        var (text, left) = (new StringBuilder(), MostCharacters);
        foreach (var (name, said) in trace.Concat(labels.All.Where(label => trace.All(known => known.Name != label.Name))))
        {
            var characters = name.Length + said.EnumerateRunes().Count();
            if (characters > left) continue;
            left -= characters;
            LabelSet.Append(text, name, said);
        }

        return $" # {{{text}}} {value} {Numbers.Seconds(exemplar.Timestamp)}";
    }
}
