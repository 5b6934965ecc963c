using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using ViViT.TestKit;

namespace TelemetrySemantics;

/// <summary>The real Prometheus and its checker read what the exporter writes.</summary>
public class PrometheusTests
{
    [Fact]
    public async Task Promtool_finds_nothing_to_say_about_well_named_metrics()
    {
        await using var app = await ScrapedApp.Start();
        app.Meter.CreateCounter<long>("vivit.lease.grants", description: "Leases granted.").Add(3, new KeyValuePair<string, object?>("pool", "a"));
        app.Meter.CreateObservableGauge("vivit.queue.oldest.age", () => 2.5, "s", "Age of the oldest.");
        app.Meter.CreateHistogram<double>("vivit.queue.wait", "s", "Time in the queue.").Record(0.25);

        Assert.Equal((0, ""), await Promtool.Run(["check", "metrics"], await app.Text()));
    }

    [Fact]
    public async Task Prometheus_reads_both_formats()
    {
        await using var app = await ScrapedApp.Start(
            resource: about => about.Clear().AddService("silo"),
            metrics: all => all.SetExemplarFilter(ExemplarFilterType.AlwaysOn),
            map: MapBoth);
        app.Meter.CreateCounter<double>("slots.busy", "s", "Seconds of slots.").Add(4.5, new KeyValuePair<string, object?>("pool", "a\"b\\c\nd"));
        app.Meter.CreateHistogram<double>("wait", "s", "Time in the queue.").Record(0.25);
        app.Meter.CreateObservableGauge("share", () => double.NaN);

        await using var prometheus = await PrometheusServer.Start(ScrapeBoth(app));
        var targets = await PrometheusServer.Until(prometheus.Targets, all => all.Count == 2);

        Assert.All(targets, target => Assert.Equal((true, ""), (target.Up, target.Error)));
        var busy = await PrometheusServer.Until(() => prometheus.Query("slots_busy_seconds_total"), all => all.Count == 2);
        Assert.All(busy, series => Assert.Equal(("a\"b\\c\nd", 4.5), (series.Labels["pool"], series.Value)));
        Assert.All(await prometheus.Query("sum by (job) (wait_seconds_bucket{le=\"+Inf\"})"), series => Assert.Equal(1, series.Value));
        Assert.Equal(2, (await prometheus.Query("target_info{service_name=\"silo\"}")).Count);

        // Prometheus learns units from OpenMetrics only, so this is how that was read.
        using var about = await prometheus.Get("/api/v1/metadata?metric=slots_busy_seconds");
        var said = about.RootElement.GetProperty("data").GetProperty("slots_busy_seconds")[0];
        Assert.Equal(("counter", "seconds", "Seconds of slots."), (said.GetProperty("type").GetString(), said.GetProperty("unit").GetString(), said.GetProperty("help").GetString()));
    }

    internal static void MapBoth(WebApplication web)
    {
        web.MapPrometheusScrapingEndpoint("/open");
        web.MapPrometheusScrapingEndpoint("/text", null, branch => branch.Use((context, next) =>
        {
            context.Request.Headers.Accept = "text/plain";
            return next(context);
        }), null);
    }

    internal static string ScrapeBoth(ScrapedApp app) =>
        string.Create(CultureInfo.InvariantCulture, $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs:
              - {job_name: open, metrics_path: /open, static_configs: [{targets: ["{{app.Address.Authority}}"]}]}
              - {job_name: text, metrics_path: /text, static_configs: [{targets: ["{{app.Address.Authority}}"]}]}
            """);
}
