using ViViT.Preview.Asking;
using ViViT.TestKit;

namespace ViViT.Grafana.Tests;

/// <summary>Everything that the dashboards ask Prometheus, asked of a real one. What silo and worker really show of it: tests/Telemetry.</summary>
public sealed class PromQlTests(DcgmPrometheus prometheus) : IClassFixture<DcgmPrometheus>
{
    public static TheoryData<string> Uids => Files.Uids;

    [Theory]
    [MemberData(nameof(Uids))]
    public async Task Prometheus_understands_every_query(string uid)
    {
        var dashboard = Files.Find(uid);
        var choices = Chosen(dashboard);

        foreach (var target in dashboard.Panels.SelectMany(DashboardFile.Targets).Where(target => !DashboardFile.IsSql(target))) await prometheus.Asker.AskTarget(target, choices, DcgmPrometheus.Window);
    }

    [Fact]
    public async Task It_refuses_what_is_no_query()
    {
        var target = new System.Text.Json.Nodes.JsonObject { ["datasource"] = new System.Text.Json.Nodes.JsonObject { ["type"] = "prometheus" }, ["expr"] = "sum(", ["instant"] = false };

        await Assert.ThrowsAsync<InvalidOperationException>(() => prometheus.Asker.AskTarget(target, new(), DcgmPrometheus.Window));
    }

    [Fact]
    public async Task Every_panel_about_DCGM_has_both_GPUs_and_names_them()
    {
        var dashboard = Files.Find("vivit-gpu");
        var choices = await prometheus.Asker.Open(dashboard, DcgmPrometheus.Window);
        Assert.Equal(["gpu-node-1"], choices["node"].Values);
        Assert.Equal(["0", "1"], choices["gpu"].Values);

        foreach (var panel in dashboard.Panels.Where(panel => ((string)DashboardFile.Targets(panel)[0]["expr"]!).Contains("DCGM_", StringComparison.Ordinal)))
        {
            var frames = await prometheus.Asker.Ask(panel, choices, DcgmPrometheus.Window);

            if ((string)panel["type"]! == "stat")
            {
                Assert.Single(frames);
                continue;
            }

            // A range has a step every second: its last one may be before the first scrape.
            frames = await PrometheusServer.Until(() => prometheus.Asker.Ask(panel, choices, DcgmPrometheus.Window), drawn => drawn.Count > 0);
            Assert.Equal(["gpu-node-1 0", "gpu-node-1 1"], frames.Select(frame => frame.Find("value")!.Legend).Order(StringComparer.Ordinal));
        }
    }

    // Every variable has two values: both spellings of a matcher are tried.
    private static Choices Chosen(DashboardFile dashboard)
    {
        var choices = new Choices();
        foreach (var name in dashboard.Variables.Select(variable => (string)variable["name"]!)) choices.Set(new(name, ["a", "b.c"], ["a", "b.c"], IsOne: false));
        return choices;
    }
}
