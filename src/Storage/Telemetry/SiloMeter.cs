using System.Diagnostics.Metrics;
using System.Reflection;

namespace ViViT.Storage.Telemetry;

/// <summary>The meter of everything that the control plane counts (docs/telemetry.md).</summary>
public static class SiloMeter
{
    public const string Name = "ViViT.Silo";

    /// <summary>Of this build.</summary>
    public static string Version { get; } = typeof(SiloMeter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>One for the process: what counts is spread over many classes, and each belongs to the same silo.</summary>
    public static Meter Meter { get; } = new(Name, Version);

    /// <summary>A histogram of seconds with buckets that fit what it measures.</summary>
    internal static Histogram<double> Seconds(string name, string meaning, params double[] bounds) =>
        Meter.CreateHistogram(name, "s", meaning, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
