using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ViViT.Contracts.Telemetry;
using ViViT.Storage.Telemetry;

namespace ViViT.Silo.Telemetry;

/// <summary>What the silo tells of itself, and to whom.</summary>
internal static class TelemetryHosting
{
    /// <summary>Meters whose instruments are scraped.</summary>
    private static readonly string[] Meters =
        ["ViViT.*", "Microsoft.Orleans", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Metrics for whoever scrapes them; traces to a collector, if one is named.</summary>
    public static void AddSiloTelemetry(this IServiceCollection services, Func<string, string?> variable)
    {
        services.AddSingleton<OverviewWatch>().AddHostedService(provider => provider.GetRequiredService<OverviewWatch>());
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("vivit-silo", serviceVersion: SiloMeter.Version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}"))
            .WithMetrics(metrics =>
            {
                foreach (var (instrument, name) in MetricRenames.All) metrics.AddView(instrument, name);
                metrics.AddMeter(Meters).AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false); // a name tells its meter
            });
        if (TraceCollector.IsNamed(variable)) telemetry.WithTracing(traces => traces.AddSource(ExperimentTrace.SourceName).AddOtlpExporter());
    }
}
