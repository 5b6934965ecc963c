using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace ViViT.Telemetry.Tests;

/// <summary>The rules that are shipped, and the cases that promtool tries them on.</summary>
internal static partial class Rules
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().IgnoreUnmatchedProperties().Build();

    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "deploy", "prometheus");

    public static IReadOnlyList<string> Files { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "rules"), "*.yml").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> CaseFiles { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "tests"), "*.yml").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<Rule> All { get; } = [.. Files.SelectMany(file => Yaml.Deserialize<RuleFile>(File.ReadAllText(file)).groups).SelectMany(group => group.rules)];

    public static IReadOnlyList<Rule> Alerts { get; } = [.. All.Where(rule => rule.alert.Length > 0)];

    public static IReadOnlyList<Case> Cases { get; } = [.. CaseFiles.SelectMany(file => Yaml.Deserialize<CaseFile>(File.ReadAllText(file)).tests).SelectMany(test => test.alert_rule_test)];

    /// <summary>The metrics that a rule reads from scrapes, each with the labels that the rule names.</summary>
    public static IEnumerable<(string Metric, string[] Labels)> Reads(Rule rule)
    {
        var grouped = Grouping().Matches(rule.expr).SelectMany(group => group.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return Selector().Matches(rule.expr).Where(selector => !selector.Groups["metric"].Value.Contains(':', StringComparison.Ordinal)).Select(selector => (
            selector.Groups["metric"].Value,
            (string[])[.. Matcher().Matches(selector.Groups["matchers"].Value).Select(matcher => matcher.Groups["label"].Value).Concat(grouped).Distinct()]));
    }

    /// <summary>The values that a rule compares labels of ours with, each with its label.</summary>
    public static IEnumerable<(string Label, string Value)> Compares(Rule rule) => Selector().Matches(rule.expr)
        .Where(selector => selector.Groups["metric"].Value.Contains("vivit_", StringComparison.Ordinal))
        .SelectMany(selector => Matcher().Matches(selector.Groups["matchers"].Value))
        .SelectMany(matcher => matcher.Groups["value"].Value.Split('|').Select(value => (matcher.Groups["label"].Value, value)));

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"(?<![\w:""])(?<metric>(vivit_|http_server_|up\b|[a-z]+:vivit_|[a-z_]+:)[\w:]*)(\{(?<matchers>[^}]*)\})?", RegexOptions.ExplicitCapture)]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>\w+)\s*(=~|!~|!=|=)\s*""(?<value>[^""]*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\bby\s*\((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Grouping();

#pragma warning disable IDE1006, CA1812 // named as in the files; made by the reader
    internal sealed class RuleFile
    {
        public List<Group> groups { get; init; } = [];
    }

    internal sealed class Group
    {
        public List<Rule> rules { get; init; } = [];
    }

    internal sealed class Rule
    {
        public string alert { get; init; } = "";

        public string record { get; init; } = "";

        public string expr { get; init; } = "";

        public Dictionary<string, string> labels { get; init; } = [];

        public Dictionary<string, string> annotations { get; init; } = [];

        public override string ToString() => alert + record;
    }

    internal sealed class CaseFile
    {
        public List<Test> tests { get; init; } = [];
    }

    internal sealed class Test
    {
        public List<Case> alert_rule_test { get; init; } = [];
    }

    /// <summary>What is to be at one moment of a test's story.</summary>
    internal sealed class Case
    {
        public string alertname { get; init; } = "";

        public List<object> exp_alerts { get; init; } = [];
    }
#pragma warning restore IDE1006, CA1812
}
