using System.Globalization;

namespace ViViT.Preview.Asking;

/// <summary>A dashboard's time range.</summary>
public sealed record TimeWindow(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The step that Grafana takes for a panel about 800 pixels wide, from its list of round ones.</summary>
    public TimeSpan Interval => Round.First(step => step >= (To - From) / 800 || step == Round[^1]);

    /// <summary>Prometheus' <c>$__rate_interval</c> for a scrape interval of 15 s.</summary>
    public TimeSpan RateInterval => Interval + Scrape > 4 * Scrape ? Interval + Scrape : 4 * Scrape;

    private static readonly TimeSpan Scrape = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan[] Round =
        [.. ((double[])[1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400]).Select(TimeSpan.FromSeconds)];

    /// <summary>As Grafana writes intervals.</summary>
    public static string Text(TimeSpan span) => span switch
    {
        _ when span.TotalSeconds % 3600 == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours}h"),
        _ when span.TotalSeconds % 60 == 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds}s"),
    };
}
