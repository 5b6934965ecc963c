using ViViT.Grafana.Tests;
using ViViT.Preview.Asking;
using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

/// <summary>What the Grafana dashboards ask Prometheus is there in real scrapes of a silo and a worker.</summary>
[Collection(nameof(TrainedCluster))]
public sealed class DashboardScrapeTests(TrainedCluster trained)
{
    private static TimeWindow Window => new(TimeProvider.System.GetUtcNow().AddMinutes(-30), TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Every_metric_of_a_dashboard_is_scraped_with_the_labels_that_it_names()
    {
        // GPUs are read where nvidia-smi answers (tests of Worker), DCGM's exporter is not ours, and ALERTS is Prometheus' own.
        var reads = Reads.All().Where(read => !read.Metric.StartsWith("vivit_gpu_", StringComparison.Ordinal) && !read.Metric.StartsWith("DCGM_", StringComparison.Ordinal) && read.Metric != "ALERTS")
            .GroupBy(read => read.Metric, (metric, all) => (Metric: metric, Labels: all.SelectMany(read => read.Labels).Distinct().Order(StringComparer.Ordinal).ToList())).ToList();
        Assert.True(reads.Count > 35, $"{reads.Count} metrics");

        foreach (var (metric, labels) in reads)
        {
            var series = await trained.Prometheus.Query($"last_over_time({metric}{{{string.Join(',', labels.Select(label => $"{label}!=\"\""))}}}[1h])");
            Assert.True(series.Count > 0, $"No scrape has had {metric} with {string.Join(", ", labels)}.");
        }
    }

    [Theory]
    [InlineData("vivit-fleet")]
    [InlineData("vivit-store")]
    [InlineData("vivit-service")]
    public async Task Every_panel_of_a_dashboard_has_something_to_draw(string uid)
    {
        using var http = new HttpClient { BaseAddress = trained.Prometheus.Address };
        var asker = new Asker(null, new PrometheusSource(http));
        var dashboard = Files.Find(uid);
        var choices = await asker.Open(dashboard, Window);

        foreach (var panel in dashboard.Panels)
        {
            foreach (var target in DashboardFile.Targets(panel).Where(target => !DashboardFile.IsSql(target)))
            {
                // A rate needs two scrapes of what may just have happened for the first time.
                await PrometheusServer.Until(async () => new { Asked = $"{dashboard.Title}, {panel["title"]}: {target["expr"]}", Frames = (await asker.AskTarget(target, choices, Window)).Count }, answer => answer.Frames > 0);
            }
        }
    }
}
