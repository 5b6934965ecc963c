using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ViViT.Preview.Asking;

namespace ViViT.Preview.Drawing;

/// <summary>How one column looks: the panel's defaults with the overrides that match it.</summary>
internal sealed partial class Look
{
    private readonly Dictionary<string, JsonNode?> properties = new(StringComparer.Ordinal);

    private Look(string name) => Name = name;

    /// <summary>What legend or head of the column say.</summary>
    public string Name { get; private set; }

    public string Unit => (string?)Find("unit") ?? "short";

    public int? Decimals => (int?)Find("decimals");

    public double? Min => (double?)Find("min");

    public double? Max => (double?)Find("max");

    public JsonNode? Find(string property) => properties.GetValueOrDefault(property);

    public static Look Of(JsonObject panel, Column column)
    {
        var look = new Look(column.Legend ?? column.Name);
        var defaults = panel["fieldConfig"]!["defaults"]!.AsObject();
        foreach (var (key, value) in defaults) look.properties[key] = value;
        foreach (var (key, value) in defaults["custom"]!.AsObject()) look.properties[$"custom.{key}"] = value;
        if ((string?)defaults["displayName"] is { } pattern && column.Labels is { Count: > 0 }) look.Name = LabelOf().Replace(pattern, match => column.Labels.GetValueOrDefault(match.Groups[1].Value, ""));

        foreach (var one in panel["fieldConfig"]!["overrides"]!.AsArray().Where(one => Matches(one!["matcher"]!, column.Name, look.Name)))
        {
            foreach (var property in one!["properties"]!.AsArray()) look.properties[(string)property!["id"]!] = property["value"];
            if (one["properties"]!.AsArray().LastOrDefault(property => (string)property!["id"]! == "displayName") is { } renamed) look.Name = (string)renamed["value"]!;
        }

        return look;
    }

    /// <summary>The fixed color, if there is one.</summary>
    public string? Color => (string?)Find("color")?["fixedColor"] is { } color ? Theme.Named(color) : null;

    /// <summary>Color of the highest threshold that the value reaches.</summary>
    public string Threshold(double value) => Theme.Named(Find("thresholds")!["steps"]!.AsArray().Where(step => (double?)step!["value"] is not { } from || value >= from).Select(step => (string)step!["color"]!).Last());

    public (string Text, string? Color) Cell(object? value)
    {
        if (value is null) return ("", null);
        if (value is string key && Find("mappings") is JsonArray { Count: > 0 } mappings && mappings[0]!["options"]![key] is { } mapped) return ((string)mapped["text"]!, (string)mapped["color"]!);
        return (value switch
        {
            double number when Unit == "string" => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            double number => Units.Format(number, Unit, Decimals),
            DateTimeOffset time => Units.Time(time),
            _ => $"{value}",
        }, null);
    }

    private static bool Matches(JsonNode matcher, string field, string shown)
    {
        var options = (string)matcher["options"]!;
        return (string)matcher["id"]! == "byName" ? options == field || options == shown : Regex.IsMatch(field, options) || Regex.IsMatch(shown, options);
    }

    [GeneratedRegex(@"\$\{__field\.labels\.(\w+)\}")]
    private static partial Regex LabelOf();
}
