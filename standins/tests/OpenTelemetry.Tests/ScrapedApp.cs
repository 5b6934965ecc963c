using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace TelemetrySemantics;

/// <summary>A web application on a free loopback port whose meter is a test's own, scraped over HTTP.</summary>
internal sealed partial class ScrapedApp : IAsyncDisposable
{
    public const string OpenMetrics = "application/openmetrics-text; version=1.0.0";

    private static int meters;

    private readonly WebApplication app;
    private readonly HttpClient http;

    private ScrapedApp(WebApplication app, Meter meter)
    {
        (this.app, Meter) = (app, meter);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        http = new HttpClient { BaseAddress = Address };
    }

    public Meter Meter { get; }

    public Uri Address { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="exporter">The cache is off unless it is turned on here.</param>
    /// <param name="map">By default the endpoint is a route at the path of the options.</param>
    public static async Task<ScrapedApp> Start(
        Action<PrometheusAspNetCoreOptions>? exporter = null,
        Action<MeterProviderBuilder>? metrics = null,
        Action<ResourceBuilder>? resource = null,
        Action<WebApplication>? map = null,
        Action<IServiceCollection>? services = null)
    {
        // The SDK listens by name, to all meters of the process.
        var meter = new Meter($"test-{Interlocked.Increment(ref meters)}", "1.2");
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ScrapedApp).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        services?.Invoke(builder.Services);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(about => (resource ?? (own => own.Clear()))(about))
            .WithMetrics(all =>
            {
                all.AddMeter(meter.Name);
                metrics?.Invoke(all);
                all.AddPrometheusExporter(options =>
                {
                    options.ScrapeResponseCacheDurationMilliseconds = 0;
                    exporter?.Invoke(options);
                });
            });
        var app = builder.Build();
        if (map is null) app.MapPrometheusScrapingEndpoint();
        else map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ScrapedApp(app, meter);
    }

    public async Task<HttpResponseMessage> Get(string? accept = null, string path = "/metrics", string? encoding = null, string? patience = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (encoding is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        if (patience is not null) request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", patience);
        return await http.SendAsync(request);
    }

    public async Task<string> Text() => await (await Get()).EnsureSuccessStatusCode().Content.ReadAsStringAsync();

    public async Task<string> Open() => await (await Get(OpenMetrics)).EnsureSuccessStatusCode().Content.ReadAsStringAsync();

    /// <summary>The lines of a scrape that have the word, without the label of the scope.</summary>
    public static string[] Lines(string scrape, string word) =>
        [.. WithoutScope(scrape).Split('\n').Where(line => line.Contains(word, StringComparison.Ordinal))];

    public static string WithoutScope(string text) => Scope().Replace(text, "").Replace("{}", "", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        Meter.Dispose();
    }

    [GeneratedRegex("(?<={),?otel_scope_name=\"[^\"]*\",otel_scope_version=\"1.2\",?|,otel_scope_name=\"[^\"]*\",otel_scope_version=\"1.2\"")]
    private static partial Regex Scope();
}
