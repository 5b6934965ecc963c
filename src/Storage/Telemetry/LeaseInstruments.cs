using System.Diagnostics.Metrics;

namespace ViViT.Storage.Telemetry;

/// <summary>Grants, and what takes slots back.</summary>
public static class LeaseInstruments
{
    private static readonly Counter<long> Grants = SiloMeter.Meter.CreateCounter<long>("vivit.lease.grants", "{lease}", "Leases that were granted, each for one slot");

    private static readonly Counter<long> Started = SiloMeter.Meter.CreateCounter<long>(
        "vivit.experiments.started", "{experiment}", "Experiments that a lease handed to a worker, every attempt of them");

    private static readonly Histogram<double> Wait = SiloMeter.Seconds(
        "vivit.queue.wait", "How long an experiment was queued before a lease", 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400);

    private static readonly Counter<long> Preemptions = SiloMeter.Meter.CreateCounter<long>(
        "vivit.preemptions", "{experiment}", "Experiments whose slot was taken from them, or which their worker handed back as it ended");

    /// <summary>A lease is stored.</summary>
    /// <param name="waited">Of each of its experiments.</param>
    internal static void Granted(string pool, IEnumerable<TimeSpan> waited)
    {
        var label = new KeyValuePair<string, object?>("pool", PoolLabels.OfThisProcess.Of(pool));
        Grants.Add(1, label);
        foreach (var wait in waited)
        {
            Started.Add(1, label);
            Wait.Record(Math.Max(0, wait.TotalSeconds), label);
        }
    }

    /// <summary>So many experiments lose their slot.</summary>
    public static void Preempted(PreemptionSource source, int experiments) => Preemptions.Add(experiments, new KeyValuePair<string, object?>("source", Sql.Text(source)));

    internal static void Begin()
    {
        foreach (var source in Enum.GetValues<PreemptionSource>()) Preempted(source, experiments: 0);
    }

    internal static void Begin(string pool)
    {
        var label = new KeyValuePair<string, object?>("pool", PoolLabels.OfThisProcess.Of(pool));
        Grants.Add(0, label);
        Started.Add(0, label);
    }
}

/// <summary>What takes the slot of an experiment that runs.</summary>
public enum PreemptionSource
{
    /// <summary>A sweep of higher priority.</summary>
    Priority,

    /// <summary>Its sweep was paused.</summary>
    Pause,

    /// <summary>Its user.</summary>
    Cancel,

    /// <summary>Its worker, which is to end.</summary>
    Drain,
}
