using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ViViT.Preview.Asking;

/// <summary>Asks Prometheus by its HTTP API.</summary>
public sealed partial class PrometheusSource(HttpClient http)
{
    /// <summary>A frame for each series.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query.</exception>
    public async Task<IReadOnlyList<Frame>> Ask(string query, string legend, bool instant, TimeWindow window)
    {
        var path = instant
            ? $"api/v1/query?time={Seconds(window.To)}"
            : $"api/v1/query_range?start={Seconds(window.From)}&end={Seconds(window.To)}&step={window.Interval.TotalSeconds.ToString(CultureInfo.InvariantCulture)}";
        var result = (await Get($"{path}&query={Uri.EscapeDataString(query)}")).GetProperty("result");
        if (result.GetArrayLength() > 0 && result[0].ValueKind == JsonValueKind.Number) return [Single([result], new Dictionary<string, string>(), legend)];
        return [.. result.EnumerateArray().Select(series => Single(
            series.TryGetProperty("values", out var values) ? [.. values.EnumerateArray()] : [series.GetProperty("value")],
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!), legend))];
    }

    /// <summary>Options of a variable: <c>label_values(metric, label)</c>.</summary>
    public async Task<IReadOnlyList<(string Text, string Value)>> Options(string query)
    {
        var match = LabelValues().Match(query);
        if (!match.Success) throw new FormatException($"'{query}' is no label_values(metric, label).");
        var values = await Get($"api/v1/label/{match.Groups[2].Value}/values?match[]={Uri.EscapeDataString(match.Groups[1].Value)}");
        return [.. values.EnumerateArray().Select(value => (value.GetString()!, value.GetString()!))];
    }

    private async Task<JsonElement> Get(string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (body.RootElement.GetProperty("status").GetString() != "success") throw new InvalidOperationException($"{path}: {body.RootElement.GetProperty("error").GetString()}");
        return body.RootElement.GetProperty("data").Clone();
    }

    private static Frame Single(IReadOnlyList<JsonElement> points, Dictionary<string, string> labels, string legend)
    {
        var name = legend.Length == 0 ? string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}")) : Label().Replace(legend, match => labels.GetValueOrDefault(match.Groups[1].Value, ""));
        return new(
        [
            new("time", "time", [.. points.Select(point => (object?)DateTimeOffset.FromUnixTimeMilliseconds((long)(point[0].GetDouble() * 1000)))]),
            new("value", "number", [.. points.Select(point => Number(point[1].GetString()!))], labels, name),
        ]);
    }

    private static object? Number(string text) => text switch
    {
        "NaN" => null,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^label_values\((.+),\s*(\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex Label();
}
