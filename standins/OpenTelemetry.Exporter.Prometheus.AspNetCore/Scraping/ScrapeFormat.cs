using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>What a scrape is written in.</summary>
internal enum ScrapeFormat
{
    /// <summary>Prometheus text 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}

/// <summary>Chooses between the formats by the Accept header: the highest quality wins, the first of equals, and text when none is known.</summary>
internal static class ScrapeFormats
{
    public static string ContentType(this ScrapeFormat format) => format == ScrapeFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        : "text/plain; version=0.0.4; charset=utf-8";

    public static ScrapeFormat Negotiate(IList<MediaTypeHeaderValue> accepted)
    {
        var (best, highest) = (ScrapeFormat.Text, 0.0);
        foreach (var type in accepted)
        {
            if (Read(type) is { } known && Quality(type) is var quality && quality > highest) (best, highest) = (known, quality);
        }

        return best;
    }

    private static ScrapeFormat? Read(MediaTypeHeaderValue type)
    {
        var version = Parameter(type, "version");
        if (type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)) return version is null or "1.0.0" ? ScrapeFormat.OpenMetrics : null;
        if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)) return version is null or "0.0.4" ? ScrapeFormat.Text : null;
        return null;
    }

    // 0 for what is not to be used.
    private static double Quality(MediaTypeHeaderValue type) => Parameter(type, "q") is not { } text ? 1
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) && quality <= 1 ? quality : 0;

    private static string? Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value.ToString().Trim('"');
}
