using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>How a metric is called in a scrape.</summary>
/// <param name="Family">The name on the lines of TYPE, HELP and UNIT.</param>
/// <param name="Sample">The name of its samples; those of a histogram have endings beside.</param>
/// <param name="Unit">As a word; empty for none.</param>
internal readonly record struct MetricNames(string Family, string Sample, string Unit)
{
    private const string Total = "total";

    public static MetricNames Of(Metric metric, ScrapeFormat format, bool withoutTotal) => Of(metric.Name, metric.Unit, Kind(metric.MetricType), format, withoutTotal);

    public static MetricNames Of(string name, string unit, MetricKind kind, ScrapeFormat format, bool withoutTotal)
    {
        var (word, stem) = (MetricUnits.Word(unit), Sanitize(name));
        var saidTotal = kind == MetricKind.Counter && stem.EndsWith($"_{Total}", StringComparison.Ordinal);
        if (saidTotal) stem = stem[..^(Total.Length + 1)];
        if (word.Length > 0 && !stem.EndsWith(word, StringComparison.Ordinal)) stem = $"{stem.TrimEnd('_')}_{word}";
        if (kind != MetricKind.Counter) return new MetricNames(stem, stem, word);

        stem = stem.TrimEnd('_');
        if (format == ScrapeFormat.OpenMetrics) return new MetricNames(stem, $"{stem}_{Total}", word);
        var sample = withoutTotal && !saidTotal ? stem : $"{stem}_{Total}";
        return new MetricNames(sample, sample, word);
    }

    public static MetricKind Kind(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => MetricKind.Counter,
        MetricType.Histogram or MetricType.ExponentialHistogram => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    // [a-zA-Z_:][a-zA-Z0-9_:]*
    private static string Sanitize(string name)
    {
        var sane = new StringBuilder(name.Length + 1);
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter == ':') sane.Append(sane.Length == 0 && char.IsAsciiDigit(letter) ? "_" : "").Append(letter);
            else if (sane.Length == 0 || sane[^1] != '_') sane.Append('_');
        }

        return sane.Length == 0 ? "_" : sane.ToString();
    }
}
