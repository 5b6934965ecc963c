using System.Globalization;
using System.Text.RegularExpressions;

namespace TelemetrySemantics;

/// <summary>
/// A scrape read back, line by line and by rules of its own: promtool reads text only, and minds neither buckets that fall nor series that stand twice.
/// Whatever breaks a rule of the format fails the test.
/// </summary>
internal sealed partial class ParsedScrape
{
    private static readonly Dictionary<string, string[]> Endings = new(StringComparer.Ordinal)
    {
        ["counter"] = ["_total", "_created"], ["gauge"] = [""], ["info"] = ["_info"], ["histogram"] = ["_bucket", "_sum", "_count", "_created"],
    };

    private readonly HashSet<string> families = [];
    private readonly HashSet<string> series = [];
    private readonly Dictionary<string, List<(double Bound, double Count)>> buckets = [];
    private readonly bool open;
    private string family = "";
    private string type = "";
    private bool described;

    private ParsedScrape(bool open) => this.open = open;

    /// <summary>By name and labels.</summary>
    public Dictionary<string, double> Values { get; } = [];

    /// <summary>Family to type.</summary>
    public Dictionary<string, string> Types { get; } = [];

    public static ParsedScrape Read(string scrape, bool open)
    {
        var parsed = new ParsedScrape(open);
        Assert.True(scrape.Length == 0 || scrape[^1] == '\n', "the last line has no end");
        var lines = scrape.Split('\n')[..^1];
        if (open) Assert.Equal("# EOF", lines[^1]);
        foreach (var line in open ? lines[..^1] : lines) parsed.Line(line);
        foreach (var (labels, counts) in parsed.buckets) parsed.CheckBuckets(labels, counts);
        return parsed;
    }

    private void Line(string line)
    {
        if (line.StartsWith("# ", StringComparison.Ordinal)) About(line.Split(' ', 4));
        else Sample(line);
    }

    private void About(string[] words)
    {
        Assert.Matches("^[a-zA-Z_:][a-zA-Z0-9_:]*$", words[2]);
        if (words[1] == "TYPE")
        {
            Assert.True(families.Add(words[2]), $"{words[2]} comes a second time");
            (family, type, described) = (words[2], words[3], false);
            Assert.Contains(type, Endings.Keys);
            Types.Add(family, type);
            return;
        }

        Assert.Equal(family, words[2]);
        if (words[1] == "UNIT")
        {
            Assert.True(open && family.EndsWith($"_{words[3]}", StringComparison.Ordinal), string.Join(' ', words));
            return;
        }

        Assert.Equal("HELP", words[1]);
        Assert.False(described, $"{family} is described twice");
        described = true;
        Assert.Matches(open ? """^([^\\"]|\\[\\"n])*$""" : """^([^\\]|\\[\\n])*$""", words[3]);
    }

    private void Sample(string line)
    {
        var sample = SampleLine().Match(line);
        Assert.True(sample.Success, line);
        var (name, labels) = (sample.Groups["name"].Value, sample.Groups["labels"].Value);
        Assert.Contains(name, open || type == "histogram" ? Endings[type].Select(ending => family + ending) : [family]);
        Assert.True(open || sample.Groups["exemplar"].Length == 0, line);
        Assert.True(series.Add($"{name}{{{labels}}}"), $"{line} comes a second time");

        var names = Label().Matches(labels).Select(label => label.Groups["name"].Value).ToList();
        var bucket = type == "histogram" && name == $"{family}_bucket";
        Assert.Equal(names.OrderBy(label => bucket && label == "le").ThenBy(label => label, StringComparer.Ordinal), names);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.DoesNotContain(names, label => label.StartsWith("__", StringComparison.Ordinal));

        var value = Number(sample.Groups["value"].Value);
        Values.Add($"{name}{{{labels}}}", value);
        if (bucket)
        {
            var own = LastLe().Replace(labels, "");
            if (!buckets.TryGetValue($"{family}{{{own}}}", out var counts)) buckets[$"{family}{{{own}}}"] = counts = [];
            counts.Add((Number(LastLe().Match(labels).Groups["bound"].Value), value));
        }
    }

    private void CheckBuckets(string labels, List<(double Bound, double Count)> counts)
    {
        Assert.Equal(counts.OrderBy(one => one.Bound).Distinct(), counts);
        Assert.Equal(counts.OrderBy(one => one.Count).Select(one => one.Count), counts.Select(one => one.Count));
        Assert.Equal(double.PositiveInfinity, counts[^1].Bound);
        var count = labels.Insert(labels.IndexOf('{', StringComparison.Ordinal), "_count");
        if (!open || counts[0].Bound >= 0) Assert.Equal(Values[count], counts[^1].Count);
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")*)\})? (?<value>\S+)(?<exemplar> # \{.*\} \S+ \S+)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="([^"\\]|\\["\\n])*"(,|$)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Label();

    [GeneratedRegex(""",?le="(?<bound>[^"]*)"$""", RegexOptions.ExplicitCapture)]
    private static partial Regex LastLe();
}
