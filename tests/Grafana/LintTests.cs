using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ViViT.Preview.Asking;

namespace ViViT.Grafana.Tests;

/// <summary>The rules of grafana/dashboard-linter, and some that it lacks.</summary>
public sealed partial class LintTests
{
    // Of @grafana/data 13.2's list of units, those in use.
    private static readonly HashSet<string> Units =
        ["none", "short", "string", "percent", "percentunit", "s", "bytes", "mbytes", "Bps", "cps", "reqps", "watt", "celsius", "rotmhz", "dateTimeAsIso"];

    private static readonly HashSet<string> Types = ["timeseries", "trend", "stat", "table", "bargauge", "state-timeline", "xychart"];

    public static TheoryData<string> Uids => Files.Uids;

    [Theory]
    [MemberData(nameof(Uids))]
    public void It_is_a_file_that_any_Grafana_can_be_provisioned_with(string uid)
    {
        var json = Files.Find(uid).Json;

        Assert.Equal(42, (int)json["schemaVersion"]!);
        Assert.StartsWith("vivit-", uid, StringComparison.Ordinal);
        Assert.InRange(uid.Length, 1, 40);
        Assert.False((bool)json["editable"]!);
        Assert.False(json.ContainsKey("id") || json.ContainsKey("__inputs") || json.ContainsKey("__requires"));
        Assert.Contains("vivit", json["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.NotEmpty((string)json["description"]!);
    }

    [Fact]
    public void Uids_and_titles_are_unique_and_there_are_six()
    {
        Assert.Equal(6, Files.All.Select(dashboard => dashboard.Uid).Distinct().Count());
        Assert.Equal(6, Files.All.Select(dashboard => dashboard.Title).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Panels_lie_inside_24_columns_and_on_no_other(string uid)
    {
        var taken = new Dictionary<(int X, int Y), string>();
        var ids = new HashSet<int>();
        foreach (var panel in Files.Find(uid).Placed)
        {
            var (place, title) = (panel["gridPos"]!, (string)panel["title"]!);
            Assert.True(ids.Add((int)panel["id"]!), $"{title}: its id is another's");
            Assert.InRange((int)place["x"]! + (int)place["w"]!, 1, 24);
            for (var x = (int)place["x"]!; x < (int)place["x"]! + (int)place["w"]!; x++)
            {
                for (var y = (int)place["y"]!; y < (int)place["y"]! + (int)place["h"]!; y++) Assert.True(taken.TryAdd((x, y), title), $"{title} lies on {taken.GetValueOrDefault((x, y))}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Every_panel_says_what_it_shows_in_which_unit_and_asks_a_templated_source(string uid)
    {
        foreach (var panel in Files.Find(uid).Panels)
        {
            var title = (string)panel["title"]!;
            Assert.NotEmpty(title);
            Assert.True(((string)panel["description"]!).Length > 10, $"{title}: no description");
            Assert.Contains((string)panel["type"]!, Types);
            Assert.Contains((string)panel["fieldConfig"]!["defaults"]!["unit"]!, Units);
            Assert.NotEmpty(DashboardFile.Targets(panel));
            foreach (var property in panel["fieldConfig"]!["overrides"]!.AsArray().SelectMany(one => one!["properties"]!.AsArray()).Where(property => (string)property!["id"]! == "unit")) Assert.Contains((string)property!["value"]!, Units);
            Assert.Equal(DashboardFile.Targets(panel).Count, DashboardFile.Targets(panel).Select(target => (string)target["refId"]!).Distinct().Count());
            foreach (var target in DashboardFile.Targets(panel).Prepend(panel)) Assert.Matches(@"^\$\{(postgres|prometheus)_datasource\}$", (string)target["datasource"]!["uid"]!);
        }
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Every_source_that_is_asked_is_a_variable_and_none_is_idle(string uid)
    {
        var dashboard = Files.Find(uid);
        var offered = dashboard.Variables.Where(variable => (string)variable["type"]! == "datasource").Select(variable => $"${{{variable["name"]}}}");
        var asked = dashboard.Panels.SelectMany(DashboardFile.Targets).Concat(dashboard.Annotations).Select(one => (string)one["datasource"]!["uid"]!);

        Assert.Equal(asked.Distinct().Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Variables_are_defined_before_they_are_used_used_and_read_anew_when_the_time_changes(string uid)
    {
        var dashboard = Files.Find(uid);
        var known = new Choices();
        foreach (var variable in dashboard.Variables)
        {
            if ((string)variable["type"]! == "query")
            {
                Assert.Equal(2, (int)variable["refresh"]!);
                Assert.Empty(known.Unknown((string?)variable["definition"] ?? ""));
            }

            Assert.NotEmpty((string)variable["label"]!);
            known.Set(new((string)variable["name"]!, ["x"], ["x"], IsOne: true));
        }

        var text = dashboard.Json.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.Empty(known.Unknown(text));
        Assert.All(dashboard.Variables, variable => Assert.Matches($@"\$(\{{{variable["name"]}\b|{variable["name"]}\b)|""repeat"": ?""{variable["name"]}""", text));
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Every_link_leads_to_a_dashboard_and_names_variables_that_it_has(string uid)
    {
        var dashboard = Files.Find(uid);
        var urls = Links(dashboard.Json).ToArray();

        Assert.True(urls.Length >= 5);
        foreach (var url in urls)
        {
            var match = Local().Match(url);
            Assert.True(match.Success, $"{url} leads out of Grafana");
            var target = Files.All.SingleOrDefault(other => other.Uid == match.Groups[1].Value);
            Assert.True(target is not null, $"{url}: no such dashboard");
            foreach (var name in VariableOfLink().Matches(url).Select(one => one.Groups[1].Value)) Assert.Contains(target.Variables, variable => (string)variable["name"]! == name);
        }

        foreach (var column in Field().Matches(string.Join('\n', urls)).Select(match => match.Groups[1].Value)) Assert.Contains($" as {column},", dashboard.Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Uids))]
    public void Counters_are_rated_over_the_rate_interval(string uid)
    {
        foreach (var panel in Files.Find(uid).Panels)
        {
            foreach (var expression in DashboardFile.Targets(panel).Where(target => !DashboardFile.IsSql(target)).Select(target => (string)target["expr"]!))
            {
                // A burn rate is defined over its own window, which is what the series is called.
                var windows = Range().Matches(expression).Select(match => match.Groups[1].Value).Distinct().ToArray();
                Assert.True(windows is [] or ["$__rate_interval"] || (((string)panel["description"]!).Contains("Windows of", StringComparison.Ordinal) && windows is ["5m" or "1h" or "6h"]), $"{panel["title"]}: {expression}");
                foreach (var counter in Counter().Matches(expression).Cast<Match>()) Assert.True(counter.Groups[1].Success, $"{panel["title"]}: {counter.Value} is not rated");
            }
        }
    }

    private static IEnumerable<string> Links(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(property => property.Key == "url" ? [(string)property.Value!] : Links(property.Value)),
        JsonArray many => many.SelectMany(Links),
        _ => [],
    };

    [GeneratedRegex(@"^/d/([a-z-]+)(?:\?.*)?$")]
    private static partial Regex Local();

    [GeneratedRegex(@"[?&]var-(\w+)=")]
    private static partial Regex VariableOfLink();

    [GeneratedRegex(@"__data\.fields\.(\w+)")]
    private static partial Regex Field();

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"(rate\()?\b(?:vivit|http)_\w+(?:_total|_bucket|_count|_sum)\b")]
    private static partial Regex Counter();
}
