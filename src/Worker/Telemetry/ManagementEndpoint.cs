using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Telemetry;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Telemetry;

/// <summary>Serves <c>/metrics</c>, <c>/health/live</c> and <c>/health/ready</c> to whoever can reach it, for Prometheus and Kubernetes.</summary>
internal static class ManagementEndpoint
{
    // Who scrapes in this moment is not worth the grace of a stopping worker.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    /// <returns>Serves until it is disposed of.</returns>
    /// <exception cref="SettingException">The address is none to serve at.</exception>
    /// <exception cref="IOException">It is taken.</exception>
    /// <param name="worker">Its name.</param>
    public static async Task<IAsyncDisposable> Start(ListenAddress at, string worker, AgentHealth health, ILoggerFactory logs)
    {
        if (at.Tls) throw new SettingException(Settings.Management.Variable, "is an https address, but it is served without TLS. Give an http address that only the cluster can reach.");
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            foreach (var endpoint in at.EndPoints) kestrel.Listen(endpoint);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 100;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.OfWorker(worker))
            .WithMetrics(metrics =>
            {
                foreach (var (instrument, name) in MetricRenames.All) metrics.AddView(instrument, name);
                metrics.AddMeter(WorkerMetrics.MeterName, "System.Runtime").AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false); // a name tells its meter
            });
        var app = builder.Build();
        app.UseRouting();
        app.MapPrometheusScrapingEndpoint();
        app.MapGet(Routes.HealthLive, context => Answer(context, health.WhyDead()));
        app.MapGet(Routes.HealthReady, context => Answer(context, health.WhyUnready()));
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            throw new IOException($"{taken.Message.TrimEnd('.')}. Stop what listens there, or set {Settings.Management.Variable} to another port.", taken);
        }
    }

    private static Task Answer(HttpContext context, string? wrong)
    {
        context.Response.StatusCode = wrong is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{wrong ?? "ok"}\n");
    }
}
