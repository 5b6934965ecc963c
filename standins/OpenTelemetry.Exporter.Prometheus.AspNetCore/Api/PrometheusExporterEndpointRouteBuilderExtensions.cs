using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The scraping endpoint as a route.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    /// <inheritdoc cref="MapPrometheusScrapingEndpoint(IEndpointRouteBuilder, string, MeterProvider, Action{IApplicationBuilder}, string)" />
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(null, null, null, null);

    /// <inheritdoc cref="MapPrometheusScrapingEndpoint(IEndpointRouteBuilder, string, MeterProvider, Action{IApplicationBuilder}, string)" />
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return endpoints.MapPrometheusScrapingEndpoint(path, null, null, null);
    }

    /// <summary>Routes a path to the exporter; the path of the options when none is given.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(
        this IEndpointRouteBuilder endpoints, string? path, MeterProvider? meterProvider, Action<IApplicationBuilder>? configureBranchedPipeline, string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var (provider, at) = ScrapeEndpoint.Find(endpoints.ServiceProvider, meterProvider, path, optionsName);
        var branch = endpoints.CreateApplicationBuilder();
        configureBranchedPipeline?.Invoke(branch);
        branch.UseMiddleware<ScrapeEndpoint>(provider);
        return endpoints.Map(at, branch.Build());
    }
}
