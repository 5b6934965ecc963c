namespace OpenTelemetry.Exporter.Prometheus;

internal static class Escapes
{
    /// <summary>For between quotation marks.</summary>
    public static string Quoted(string text) => Line(text).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>For the rest of a line.</summary>
    public static string Line(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
