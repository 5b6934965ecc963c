using ViViT.TestKit;

namespace TelemetrySemantics.StandIn;

public class HostilePrometheusTests
{
    [Fact]
    public async Task Prometheus_reads_every_sample_of_a_hostile_application()
    {
        await using var app = await HostileTests.Hostile(seed: 7, instruments: 400, scopes: true, withoutTotal: false, PrometheusTests.MapBoth);
        var samples = new Dictionary<string, int>
        {
            ["text"] = ParsedScrape.Read(await (await app.Get(path: "/text")).Content.ReadAsStringAsync(), open: false).Values.Count,
            ["open"] = ParsedScrape.Read(await (await app.Get(ScrapedApp.OpenMetrics, "/open")).Content.ReadAsStringAsync(), open: true).Values.Count,
        };

        await using var prometheus = await PrometheusServer.Start(PrometheusTests.ScrapeBoth(app));
        var targets = await PrometheusServer.Until(prometheus.Targets, all => all.Count == 2);

        Assert.All(targets, target => Assert.Equal((true, ""), (target.Up, target.Error)));
        var read = await PrometheusServer.Until(() => prometheus.Query("scrape_samples_scraped"), all => all.Count == 2);
        Assert.All(read, job => Assert.Equal(samples[job.Labels["job"]], job.Value));
        Assert.All(samples.Values, count => Assert.True(count > 500, $"{count} samples"));
        Assert.DoesNotContain("Error on ingesting", await File.ReadAllTextAsync(Path.Combine(prometheus.Folder, "log")), StringComparison.Ordinal);
    }
}
