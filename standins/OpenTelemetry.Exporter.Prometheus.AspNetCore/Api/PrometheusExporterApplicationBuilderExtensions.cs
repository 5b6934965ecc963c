using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The scraping endpoint as a branch of the pipeline.</summary>
public static class PrometheusExporterApplicationBuilderExtensions
{
    /// <inheritdoc cref="UseOpenTelemetryPrometheusScrapingEndpoint(IApplicationBuilder, MeterProvider, Func{HttpContext, bool}, string, Action{IApplicationBuilder}, string)" />
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app) =>
        app.UseOpenTelemetryPrometheusScrapingEndpoint(null, null, null, null, null);

    /// <inheritdoc cref="UseOpenTelemetryPrometheusScrapingEndpoint(IApplicationBuilder, MeterProvider, Func{HttpContext, bool}, string, Action{IApplicationBuilder}, string)" />
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return app.UseOpenTelemetryPrometheusScrapingEndpoint(null, null, path, null, null);
    }

    /// <inheritdoc cref="UseOpenTelemetryPrometheusScrapingEndpoint(IApplicationBuilder, MeterProvider, Func{HttpContext, bool}, string, Action{IApplicationBuilder}, string)" />
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app, Func<HttpContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return app.UseOpenTelemetryPrometheusScrapingEndpoint(null, predicate, null, null, null);
    }

    /// <summary>Branches to the exporter what the predicate takes; without one, a path; without either, the path of the options.</summary>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(
        this IApplicationBuilder app,
        MeterProvider? meterProvider,
        Func<HttpContext, bool>? predicate,
        string? path,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(app);
        var (provider, at) = ScrapeEndpoint.Find(app.ApplicationServices, meterProvider, path, optionsName);
        return predicate is null ? app.Map(at, Answer) : app.MapWhen(predicate, Answer);

        void Answer(IApplicationBuilder branch)
        {
            configureBranchedPipeline?.Invoke(branch);
            branch.UseMiddleware<ScrapeEndpoint>(provider);
        }
    }
}
