using System.Text.RegularExpressions;
using ViViT.Preview.Asking;
using ViViT.TestKit;

namespace ViViT.Grafana.Tests;

/// <summary>
/// The dashboards ask for metrics and labels that docs/telemetry.md lists; that list is what real scrapes show (tests of Silo, Worker and Telemetry hold it).
/// </summary>
public sealed partial class MetricTests
{
    private static readonly Dictionary<string, HashSet<string>> Listed = Tables();

    [Fact]
    public void Every_metric_that_is_asked_for_exists_with_the_labels_that_are_asked_for()
    {
        var asked = Reads.All().Where(read => read.Metric.StartsWith("vivit_", StringComparison.Ordinal)).ToArray();

        Assert.True(asked.Length > 60);
        Assert.True(Listed.Count > 40);
        foreach (var (metric, labels, panel) in asked)
        {
            var family = Listed.ContainsKey(metric) ? metric : Suffix().Replace(metric, "");
            Assert.True(Listed.TryGetValue(family, out var known), $"{panel}: docs/telemetry.md lists no {metric}");
            Assert.True(family == metric || known.Contains("le"), $"{panel}: {family} is no histogram");
            Assert.Empty(labels.Except(known).Select(label => $"{panel}: {metric} has no label {label}"));
        }
    }

    [Fact]
    public void Every_series_that_a_legend_names_by_a_label_has_it()
    {
        foreach (var dashboard in Files.All)
        {
            foreach (var target in dashboard.Panels.SelectMany(DashboardFile.Targets).Where(target => !DashboardFile.IsSql(target))) Assert.Empty(Reads.Nameless(target).Select(label => $"{dashboard.Title}: {target["expr"]} keeps no {label}"));
        }
    }

    [Fact]
    public void Of_what_the_silo_and_the_workers_show_the_dashboards_leave_out_little()
    {
        var asked = Reads.All().Select(read => Suffix().Replace(read.Metric, "")).ToHashSet();

        Assert.Equal(
            ["vivit_checkpoint_bytes_total", "vivit_slots", "vivit_steps_total", "vivit_sweeps"],
            Listed.Keys.Where(metric => !asked.Contains(metric)).Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, HashSet<string>> Tables() => Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md"))).GroupBy(row => row.Groups[1].Value).ToDictionary(
        rows => rows.Key, rows => rows.SelectMany(row => Name().Matches(row.Groups[3].Value).Select(name => name.Groups[1].Value).Concat(row.Groups[2].Value == "histogram" ? ["le"] : [])).Concat(["instance", "job"]).ToHashSet());

    [GeneratedRegex(@"^\| `(vivit_\w+)` \| (\w+) \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}
