using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the exporter that a Prometheus server scrapes.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    /// <inheritdoc cref="AddPrometheusExporter(MeterProviderBuilder, string, Action{PrometheusAspNetCoreOptions})" />
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder) => builder.AddPrometheusExporter(null, null);

    /// <inheritdoc cref="AddPrometheusExporter(MeterProviderBuilder, string, Action{PrometheusAspNetCoreOptions})" />
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder, Action<PrometheusAspNetCoreOptions> configure) =>
        builder.AddPrometheusExporter(null, configure);

    /// <summary>The endpoint itself is mapped on the application.</summary>
    /// <param name="name">The name of the options, if not the default ones.</param>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder, string? name, Action<PrometheusAspNetCoreOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= Options.DefaultName;
        if (configure is not null) builder.ConfigureServices(services => services.Configure(name, configure));
        return builder.AddReader(services =>
        {
            var options = services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(name);
            var exporter = new PrometheusExporter(options, services.GetService<TimeProvider>() ?? TimeProvider.System);
            return new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        });
    }
}
