using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ViViT.Preview.Asking;

namespace ViViT.Grafana.Tests;

/// <summary>The metrics that a query reads, each with the labels that it matches or groups by.</summary>
internal static partial class Reads
{
    /// <summary>Of everything that the dashboards ask Prometheus; by whom, for messages.</summary>
    public static IEnumerable<(string Metric, IReadOnlyList<string> Labels, string Panel)> All() =>
        from dashboard in Files.All
        from panel in dashboard.Panels
        from target in DashboardFile.Targets(panel)
        where !DashboardFile.IsSql(target)
        from read in Of((string)target["expr"]!)
        select (read.Metric, read.Labels, $"{dashboard.Title}, {panel["title"]}");

    /// <summary>Names in the legends of a query that it neither groups by nor leaves alone.</summary>
    public static IEnumerable<string> Nameless(JsonObject target)
    {
        var expression = (string)target["expr"]!;
        var kept = Grouping().Matches(expression).SelectMany(Split).ToHashSet();
        var aggregated = kept.Count > 0 || Aggregation().IsMatch(expression);
        return Legend().Matches((string)target["legendFormat"]!).Select(match => match.Groups[1].Value).Where(label => aggregated && !kept.Contains(label));
    }

    public static IEnumerable<(string Metric, IReadOnlyList<string> Labels)> Of(string expression)
    {
        var grouped = Grouping().Matches(expression).SelectMany(Split).ToArray();
        foreach (var match in Selector().Matches(Grouping().Replace(expression, "")).Cast<Match>())
        {
            var labels = Matcher().Matches(match.Groups[2].Value).Select(label => label.Groups[1].Value).Concat(grouped).Distinct();
            yield return (match.Groups[1].Value, [.. labels.Where(label => label != "le" || match.Groups[1].Value.EndsWith("_bucket", StringComparison.Ordinal))]);
        }
    }

    private static IEnumerable<string> Split(Match grouping) => grouping.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\b((?:vivit|http_server|db_client|DCGM)_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)\s*""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\b(?:sum|max|min|avg|count)\b\s*\(")]
    private static partial Regex Aggregation();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Legend();
}
