using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using ViViT.Storage.Telemetry;

namespace ViViT.Silo.Telemetry;

/// <summary>What the silo tells of itself, and to whom.</summary>
internal static class TelemetryHosting
{
    /// <summary>Meters whose instruments are scraped.</summary>
    private static readonly string[] Meters =
        ["ViViT.*", "Microsoft.Orleans", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Metrics for whoever scrapes them.</summary>
    public static void AddSiloTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<OverviewWatch>().AddHostedService(provider => provider.GetRequiredService<OverviewWatch>());
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("vivit-silo", serviceVersion: SiloMeter.Version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}"))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false)); // a name tells its meter
    }
}
