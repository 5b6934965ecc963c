using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using ViViT.Contracts.Configuration;

namespace ViViT.Worker.Telemetry;

/// <summary>Serves <c>/metrics</c>, <c>/health/live</c> and <c>/health/ready</c> to whoever can reach it, for Prometheus and Kubernetes.</summary>
internal static class ManagementEndpoint
{
    // Who scrapes in this moment is not worth the grace of a stopping worker.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    /// <returns>Serves until it is disposed of.</returns>
    /// <exception cref="SettingException">It cannot be served there.</exception>
    public static async Task<IAsyncDisposable> Start(ListenAddress at, AgentHealth health, ILoggerFactory logs)
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
        builder.Services.AddSingleton(new NotDisposed(logs).Factory);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(WorkerMetrics.MeterName, "System.Runtime").AddPrometheusExporter());
        var app = builder.Build();
        app.UseRouting();
        app.MapPrometheusScrapingEndpoint();
        app.MapGet("/health/live", () => Answer(health.WhyDead()));
        app.MapGet("/health/ready", () => Answer(health.WhyUnready()));
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            throw new SettingException(Settings.Management.Variable, $"cannot be served: {taken.Message.TrimEnd('.')}. Stop what listens there, or give another port.");
        }
    }

    private static IResult Answer(string? wrong) => wrong is null ? Results.Text("ok\n") : Results.Text($"{wrong}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
