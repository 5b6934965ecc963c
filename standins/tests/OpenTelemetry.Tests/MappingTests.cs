using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace TelemetrySemantics;

/// <summary>Where the endpoint is and whose metrics it shows.</summary>
public class MappingTests
{
    [Theory]
    [InlineData("route", "/metrics")]
    [InlineData("route at", "/stats")]
    [InlineData("branch", "/metrics")]
    [InlineData("branch at", "/stats")]
    [InlineData("predicate", "/anything")]
    [InlineData("options", "/watch/me")]
    public async Task It_is_mapped_as_a_route_or_a_branch(string how, string path)
    {
        await using var app = await ScrapedApp.Start(options => options.ScrapeEndpointPath = how == "options" ? "watch/me" : "/metrics", map: web => _ = how switch
        {
            "route" or "options" => (object)web.MapPrometheusScrapingEndpoint(),
            "route at" => web.MapPrometheusScrapingEndpoint("stats"),
            "branch" => web.UseOpenTelemetryPrometheusScrapingEndpoint(),
            "branch at" => web.UseOpenTelemetryPrometheusScrapingEndpoint("stats"),
            _ => web.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path.StartsWithSegments("/anything", StringComparison.Ordinal)),
        });

        using var there = await app.Get(path: path);
        using var elsewhere = await app.Get(path: "/elsewhere");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (there.StatusCode, elsewhere.StatusCode));
    }

    [Fact]
    public async Task A_provider_without_the_exporter_cannot_be_mapped()
    {
        using var bare = Sdk.CreateMeterProviderBuilder().Build();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => ScrapedApp.Start(map: web => web.MapPrometheusScrapingEndpoint(null, bare, null, null)));
    }

    [Fact]
    public async Task Another_provider_has_an_endpoint_of_its_own()
    {
        using var meter = new Meter($"{nameof(MappingTests)}.other");
        var services = new ServiceCollection();
        services.AddOpenTelemetry().ConfigureResource(about => about.Clear()).WithMetrics(all => all.AddMeter(meter.Name).AddPrometheusExporter());
        await using var others = services.BuildServiceProvider();
        await using var app = await ScrapedApp.Start(map: web => web.MapPrometheusScrapingEndpoint(null, others.GetRequiredService<MeterProvider>(), null, null));
        app.Meter.CreateObservableGauge("mine", () => 1);
        meter.CreateObservableGauge("theirs", () => 1);

        var text = await app.Text();

        Assert.Contains("theirs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_makes_its_providers_before_it_serves_and_once()
    {
        using var meter = new Meter($"{nameof(MappingTests)}.early");
        await using var app = await ScrapedApp.Start(services: all =>
        {
            all.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(meter.Name)).WithTracing();
            Assert.Single(all.AddOpenTelemetry().Services, service => service.ImplementationType?.Name == "TelemetryHostedService");
        });
        meter.CreateCounter<int>("early").Add(1);

        Assert.Contains("early_total", await app.Text(), StringComparison.Ordinal);
        Assert.NotNull(app.Services.GetRequiredService<TracerProvider>());
    }
}
