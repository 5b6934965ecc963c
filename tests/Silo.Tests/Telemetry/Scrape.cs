using System.Globalization;
using System.Text.RegularExpressions;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>One answer of /metrics in the text format.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, double> samples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> types = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> helps = new(StringComparer.Ordinal);

    public Scrape(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TypeLine().Match(line) is { Success: true } type) types.Add(type.Groups[1].Value, type.Groups[2].Value);
            if (HelpLine().Match(line) is { Success: true } help) helps.Add(help.Groups[1].Value, help.Groups[2].Value);
            if (line[0] == '#') continue;
            var end = line.LastIndexOf(' ');
            samples.Add(line[..end], double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Every series as it is written: name and labels in braces.</summary>
    public IReadOnlyCollection<string> Series => samples.Keys;

    /// <summary>Families by the name in their TYPE line.</summary>
    public IReadOnlyDictionary<string, string> Types => types;

    /// <summary>What each family's HELP line says.</summary>
    public IReadOnlyDictionary<string, string> Help => helps;

    /// <summary>The family that a series is of.</summary>
    public string FamilyOf(string series) => NameOf(series) is var name && types.ContainsKey(name) ? name : Part().Replace(name, "");

    /// <summary>The sum of all series of that name whose labels hold every one of these, such as <c>pool="a"</c>; null when there is none.</summary>
    public double? Value(string name, params string[] labels)
    {
        var found = samples.Where(sample => NameOf(sample.Key) == name && labels.All(label => LabelsOf(sample.Key).Contains(label))).ToList();
        return found.Count == 0 ? null : found.Sum(sample => sample.Value);
    }

    public static string NameOf(string series) => series.Split('{')[0];

    /// <summary>Each as <c>name="value"</c>.</summary>
    public static IReadOnlyList<string> LabelsOf(string series) => [.. Label().Matches(series).Select(label => label.Value)];

    [GeneratedRegex(@"_(bucket|sum|count)$")]
    private static partial Regex Part();

    [GeneratedRegex(@"^# HELP (\S+) (.*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"[A-Za-z_][A-Za-z0-9_]*=""(?:[^""\\]|\\.)*""")]
    private static partial Regex Label();
}
