using System.Text.Json;
using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

/// <summary>A real Prometheus on a real silo and a real worker.</summary>
[Collection(nameof(TrainedCluster))]
public sealed class TrainingScrapeTests(TrainedCluster trained)
{
    [Fact]
    public async Task Every_target_is_up()
    {
        var targets = await trained.Prometheus.Targets();

        Assert.Equal(["vivit-silo", "vivit-worker"], targets.Select(target => target.Job).Order());
        Assert.All(targets, target => Assert.True(target.Up, target.Error));
    }

    [Theory]
    [InlineData("text/plain", "text/plain; version=0.0.4")]
    [InlineData("application/openmetrics-text", "# EOF")]
    public async Task Silo_and_worker_write_both_formats(string accept, string sign)
    {
        foreach (var management in (Uri[])[trained.Stack.SiloManagement, trained.Stack.WorkerManagement])
        {
            var scrape = await trained.Stack.Scrape(management, accept);

            Assert.Equal(sign == "# EOF", scrape.EndsWith("# EOF\n", StringComparison.Ordinal));
            Assert.Contains("\nvivit_build_info{version=", scrape, StringComparison.Ordinal);
            if (sign == "# EOF") continue;

            Assert.Equal((0, ""), await Promtool.Run(["check", "metrics"], scrape));
        }
    }

    [Fact]
    public async Task Every_rule_is_evaluated_without_an_error()
    {
        var rules = await PrometheusServer.Until(
            async () =>
            {
                using var answer = await trained.Prometheus.Get("/api/v1/rules");
                return answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())
                    .Select(rule => (Name: rule.GetProperty("name").GetString()!, Health: rule.GetProperty("health").GetString()!, Error: rule.TryGetProperty("lastError", out var error) ? error.GetString()! : "")).ToList();
            },
            all => all.TrueForAll(rule => rule.Health != "unknown"));

        Assert.Equal(Rules.All.Select(rule => $"{rule}").Order(), rules.Select(rule => rule.Name).Order());
        Assert.All(rules, rule => Assert.True(rule.Health == "ok", $"{rule.Name}: {rule.Error}"));
    }

    [Fact]
    public async Task Every_metric_of_a_rule_is_scraped_with_the_labels_that_the_rule_names()
    {
        var reads = Rules.All.SelectMany(Rules.Reads).GroupBy(read => read.Metric, (metric, reads) => (Metric: metric, Labels: reads.SelectMany(read => read.Labels).Distinct().ToList())).ToList();
        Assert.True(reads.Count > 20, JsonSerializer.Serialize(reads.Select(read => read.Metric)));

        foreach (var (metric, labels) in reads)
        {
            var series = await trained.Prometheus.Query($"last_over_time({metric}{{{string.Join(',', labels.Select(label => $"{label}!=\"\""))}}}[1h])");
            Assert.True(series.Count > 0, $"No scrape has had {metric} with {string.Join(", ", labels)}.\n{await trained.Stack.Scrape(trained.Stack.SiloManagement)}\n{await trained.Stack.Scrape(trained.Stack.WorkerManagement)}");
        }
    }

    [Fact]
    public async Task Every_recorded_series_comes_about()
    {
        var recorded = Rules.All.Where(rule => rule.record.Length > 0).Select(rule => rule.record).ToList();

        await PrometheusServer.Until(
            async () =>
            {
                var absent = new List<string>();
                foreach (var name in recorded)
                {
                    if ((await trained.Prometheus.Query($"last_over_time({name}[1h])")).Count == 0) absent.Add(name);
                }

                return absent;
            },
            absent => absent.Count == 0);
    }

    [Fact]
    public async Task The_alert_about_a_write_with_an_old_fence_fires()
    {
        var firing = await PrometheusServer.Until(() => trained.Prometheus.Query("""ALERTS{alertname="VivitFencedWrites", alertstate="firing"}"""), series => series.Count > 0);

        Assert.Equal("metrics", Assert.Single(firing).Labels["kind"]);
    }

    [Fact]
    public async Task No_label_names_an_experiment_a_sweep_or_a_worker()
    {
        var forbidden = (string[])["experiment", "sweep", "worker", "attempt", "lease", "user", "token", "error", "path", "host"];
        foreach (var management in (Uri[])[trained.Stack.SiloManagement, trained.Stack.WorkerManagement])
        {
            var scrape = await trained.Stack.Scrape(management);
            foreach (var line in scrape.Split('\n').Where(line => line.StartsWith("vivit_", StringComparison.Ordinal)))
            {
                Assert.DoesNotContain(forbidden, label => line.Contains($"{{{label}=", StringComparison.Ordinal) || line.Contains($",{label}=", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Killing_Prometheus_changes_nothing_for_the_training()
    {
        await using var other = await TrainedCluster.StartPrometheus(trained.Stack.SiloManagement, trained.Stack.WorkerManagement);
        await PrometheusServer.Until(other.Targets, targets => targets.Count == 2);

        var again = await trained.Train(meanwhile: () =>
        {
            other.Kill();
            return Task.CompletedTask;
        });

        Assert.NotEmpty(again);
        Assert.Equal(trained.Results, again);
    }
}
