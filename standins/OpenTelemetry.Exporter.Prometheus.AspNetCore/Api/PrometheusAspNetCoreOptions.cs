namespace OpenTelemetry.Exporter;

/// <summary>How a scrape is answered.</summary>
public class PrometheusAspNetCoreOptions
{
    internal const string DefaultPath = "/metrics";
    internal const int SmallestLimit = 85_000;

    /// <summary>Where the endpoint is unless its mapping says otherwise; <c>/metrics</c>.</summary>
    public string? ScrapeEndpointPath { get; set; } = DefaultPath;

    /// <summary>Leaves <c>_total</c> away from counters in the text format; OpenMetrics demands it.</summary>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>Labels every sample with the meter that it comes from, as <c>otel_scope_name</c> and the like; true.</summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>For so long the next scrape gets the same answer; 300. With 0 every scrape collects.</summary>
    public int ScrapeResponseCacheDurationMilliseconds
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A duration of milliseconds, 0 for none.");
    } = 300;

    /// <summary>Says in <c>target_info</c> what the resource's attributes are; true.</summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>Which of the resource's attributes are labels of every sample too; none.</summary>
    public Func<string, bool>? ResourceConstantLabels { get; set; }

    /// <summary>A scrape that would get larger is answered with 500; about 166 MiB.</summary>
    public int MaxScrapeResponseSizeBytes
    {
        get;
        set => field = value >= SmallestLimit ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"At least {SmallestLimit} bytes.");
    } = SmallestLimit * 2048;
}
