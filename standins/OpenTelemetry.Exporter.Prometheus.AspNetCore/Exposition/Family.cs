using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>The metrics that share a name, whatever meters they come from.</summary>
internal sealed class Family(MetricNames names, MetricKind kind)
{
    public string Name => names.Family;

    public string Sample => names.Sample;

    public MetricKind Kind => kind;

    /// <summary>The first that is given; empty when none is.</summary>
    public string Help { get; private set; } = "";

    /// <summary>Empty when the name does not end in it: OpenMetrics then forbids to state it.</summary>
    public string Unit => Name.EndsWith($"_{names.Unit}", StringComparison.Ordinal) ? names.Unit : "";

    public List<Metric> Metrics { get; } = [];

    /// <summary>Every name under which it could write a sample, and its own.</summary>
    public IEnumerable<string> SampleNames => kind switch
    {
        MetricKind.Counter => [Name, Sample, $"{Name}_created"],
        MetricKind.Histogram => [Name, $"{Name}_bucket", $"{Name}_sum", $"{Name}_count", $"{Name}_created"],
        _ => [Name],
    };

    public void Add(Metric metric)
    {
        Metrics.Add(metric);
        if (Help.Length == 0) Help = metric.Description;
        else if (metric.Description.Length > 0 && metric.Description != Help) PrometheusExporterEventSource.Log.ConflictingDescription(Name, Help, metric.Description);
    }
}
