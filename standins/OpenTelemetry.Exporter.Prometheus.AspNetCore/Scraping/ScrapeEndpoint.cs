using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Answers a scrape: 200, 500 when collecting failed, 408 when it took longer than the scraper said it would wait.</summary>
internal sealed class ScrapeEndpoint
{
    private const string Patience = "X-Prometheus-Scrape-Timeout-Seconds";
    private readonly PrometheusExporter? exporter;

    public ScrapeEndpoint(MeterProvider provider, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(next);
        exporter = PrometheusExporter.Of(provider);

        // OTEL_SDK_DISABLED makes a provider of a hidden type that has no exporters; its scrapes are empty.
        if (exporter is null && provider.GetType().Name != "NoopMeterProvider")
        {
            throw new ArgumentException("The meter provider has no Prometheus exporter. Add one: WithMetrics(metrics => metrics.AddPrometheusExporter()).", nameof(provider));
        }
    }

    /// <summary>The provider and the path that a mapping means.</summary>
    public static (MeterProvider Provider, PathString Path) Find(IServiceProvider services, MeterProvider? provider, string? path, string? optionsName)
    {
        // The provider first: making it runs what configures the options.
        provider ??= services.GetRequiredService<MeterProvider>();
        path ??= services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(optionsName ?? Options.DefaultName).ScrapeEndpointPath
            ?? PrometheusAspNetCoreOptions.DefaultPath;
        return (provider, path.StartsWith('/') ? path : $"/{path}");
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (exporter is null) return;
        var headers = context.Request.GetTypedHeaders();
        var format = ScrapeFormats.Negotiate(headers.Accept);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (PatienceOf(context.Request) is { } seconds) patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            var scrape = await exporter.Scrapes.Get(format, patience.Token);
            patience.Token.ThrowIfCancellationRequested();
            if (scrape is null) context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            else await Answer(context.Response, scrape, format, AcceptsGzip(headers.AcceptEncoding), patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            PrometheusExporterEventSource.Log.ScrapeCancelled();
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status408RequestTimeout;
        }
    }

    private static async Task Answer(HttpResponse response, Scrape scrape, ScrapeFormat format, bool gzip, CancellationToken cancellationToken)
    {
        response.ContentType = format.ContentType();
        response.Headers.LastModified = scrape.At.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.Append(HeaderNames.Vary, "Accept, Accept-Encoding");
        if (!gzip)
        {
            response.ContentLength = scrape.Content.Length;
            await response.Body.WriteAsync(scrape.Content, cancellationToken);
            return;
        }

        response.Headers.ContentEncoding = "gzip";
        await using var compressed = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await compressed.WriteAsync(scrape.Content, cancellationToken);
    }

    private static bool AcceptsGzip(IList<StringWithQualityHeaderValue> encodings) =>
        encodings.Any(encoding => encoding.Quality is not 0 && encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase));

    private static double? PatienceOf(HttpRequest request) =>
        double.TryParse(request.Headers[Patience], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.001 and <= int.MaxValue / 1000
            ? seconds : null;
}
