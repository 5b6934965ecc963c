using System.Text.RegularExpressions;
using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

/// <summary>The shipped rules by themselves.</summary>
public class RuleTests
{
    [Fact]
    public async Task Promtool_accepts_configuration_and_rules()
    {
        Assert.Equal((0, true), await Ran("check", "config", "prometheus.yml"));
        Assert.Equal((0, true), await Ran(["check", "rules", .. Rules.Files]));

        static async Task<(int, bool)> Ran(params string[] arguments) =>
            await Promtool.Run(arguments, folder: Rules.Folder) is var (code, said) ? (code, said.Contains("SUCCESS", StringComparison.Ordinal)) : default;
    }

    [Fact]
    public async Task Every_alert_fires_and_clears_when_it_should()
    {
        var (code, said) = await Promtool.Run(["test", "rules", .. Rules.CaseFiles], folder: Rules.Folder);

        Assert.True(code == 0, said);
    }

    [Fact]
    public void Every_alert_has_a_case_that_makes_it_fire_and_one_that_clears_it()
    {
        Assert.NotEmpty(Rules.Alerts);
        foreach (var alert in Rules.Alerts)
        {
            var cases = Rules.Cases.Where(one => one.alertname == alert.alert).ToList();
            var fires = cases.FindIndex(one => one.exp_alerts.Count > 0);
            Assert.True(fires >= 0, $"{alert} fires in no case of deploy/prometheus/tests");
            Assert.True(cases.Skip(fires + 1).Any(one => one.exp_alerts.Count == 0), $"{alert} clears in no case of deploy/prometheus/tests");
            Assert.True(cases.Take(fires).Any(one => one.exp_alerts.Count == 0), $"{alert} is never still before it fires in deploy/prometheus/tests");
        }

        Assert.Empty(Rules.Cases.Select(one => one.alertname).Except(Rules.Alerts.Select(alert => alert.alert)));
    }

    [Fact]
    public void Every_alert_leads_to_a_section_of_the_runbook_that_is_about_it()
    {
        var sections = Regex.Split(File.ReadAllText(Path.Combine(Rules.Root, "docs", "operations.md")), "^### ", RegexOptions.Multiline)
            .ToLookup(section => section.Split('\n')[0].Replace(' ', '-').ToLowerInvariant());

        foreach (var alert in Rules.Alerts)
        {
            var section = Assert.Single(sections[alert.annotations["runbook_url"].Split('#')[1]]);
            Assert.Contains($"`{alert}`, {alert.labels["severity"]}", section, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_what_is_wrong_and_where_to_read_on()
    {
        foreach (var alert in Rules.Alerts)
        {
            Assert.Contains(alert.labels["severity"], (string[])["critical", "warning"]);
            Assert.All((string[])["summary", "description"], text => Assert.True(alert.annotations[text].Length > 10, $"{alert} has no {text}"));
            Assert.StartsWith("docs/operations.md#", alert.annotations["runbook_url"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_are_one_each_and_recorded_ones_tell_their_level()
    {
        Assert.Equal(Rules.All.Count, Rules.All.Select(rule => $"{rule}").Distinct().Count());
        Assert.All(Rules.All.Where(rule => rule.record.Length > 0), rule => Assert.Equal(3, rule.record.Split(':').Length));
        var recorded = Rules.All.Select(rule => rule.record).ToHashSet();
        foreach (var rule in Rules.All)
        {
            Assert.All(Regex.Matches(rule.expr, "[a-z_]+:[a-z0-9_]+:[a-z0-9_]+").Select(name => name.Value), name => Assert.Contains(name, recorded));
        }
    }

    [Fact]
    public void A_rule_asks_for_values_that_the_documented_labels_have()
    {
        var documented = Regex.Matches(File.ReadAllText(Path.Combine(Rules.Root, "docs", "telemetry.md")), "^\\| `([a-z]+)`[^|`]*\\| (`[^|]*) \\|$", RegexOptions.Multiline)
            .SelectMany(row => Regex.Matches(row.Groups[2].Value, "`([a-z_]+)`").Select(value => (row.Groups[1].Value, value.Groups[1].Value))).ToHashSet();
        var compared = Rules.All.SelectMany(rule => Rules.Compares(rule).Select(compared => (rule, compared))).ToList();

        Assert.True(compared.Count > 10, string.Join(' ', compared));
        Assert.All(compared, one => Assert.True(documented.Contains(one.compared), $"{one.rule} asks for {one.compared}, which docs/telemetry.md does not know"));
    }
}
