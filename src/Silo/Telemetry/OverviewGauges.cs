using System.Diagnostics.Metrics;
using ViViT.Contracts;
using ViViT.Storage;
using ViViT.Storage.Telemetry;

namespace ViViT.Silo.Telemetry;

/// <summary>What is, as opposed to what happened: the latest overview as gauges. One that has nothing to show is not there.</summary>
internal static class OverviewGauges
{
    public static void Show(OverviewWatch watch)
    {
        Whole("vivit.build.info", null, "The build that runs, as a label", () => [new(1, new KeyValuePair<string, object?>("version", SiloMeter.Version))]);
        Whole("vivit.database.up", null, "1 while the database answers", () => [new(watch.Latest is null ? 0 : 1)]);
        Whole("vivit.database.size", "By", "Size of the database", () => watch.Latest is { } seen ? [new(seen.DatabaseBytes)] : []);
        Whole("vivit.metric_partitions.ahead", "{partition}", "Partitions of the curves beyond the one that the newest experiment writes to",
            () => watch.Latest is { PartitionsAhead: { } ahead } ? [new(ahead)] : []);
        Whole("vivit.sweeps", "{sweep}", "Sweeps by state", () => (watch.Latest?.Sweeps ?? new Dictionary<Contracts.Sweeps.SweepState, long>())
            .Select(sweeps => new Measurement<long>(sweeps.Value, new KeyValuePair<string, object?>("state", ContractsJson.Name(sweeps.Key)))));

        Sum("vivit.queue.depth", "{experiment}", "Experiments that could start now", pool => pool.Waiting);
        Sum("vivit.queue.backing_off", "{experiment}", "Experiments that are offered again later", pool => pool.BackingOff);
        Sum("vivit.experiments.running", "{experiment}", "Experiments that a worker holds", pool => pool.Running);
        Sum("vivit.slots.wanted", "{slot}", "Slots in use and those that the queue could fill", pool => pool.SlotsWanted);
        Largest("vivit.queue.oldest_age", "How long the oldest of the first in turn has been queued", pool => pool.OldestSeconds);
        Largest("vivit.worker.heartbeat_age", "Since the oldest of the workers' latest heartbeats, those of more than a minute left out", pool => pool.HeartbeatSeconds);
        Largest("vivit.checkpoint.age", "Since the oldest of the latest checkpoints of what runs, or its lease where there is none", pool => pool.UnsavedSeconds);
        ByState("vivit.workers", "{worker}", "Workers by state",
            ("ready", pool => pool.Workers.Ready), ("cordoned", pool => pool.Workers.Cordoned), ("draining", pool => pool.Workers.Draining), ("silent", pool => pool.Workers.Silent));
        ByState("vivit.worker.slots", "{slot}", "Slots of workers by state",
            ("busy", pool => pool.Slots.Busy), ("idle", pool => pool.Slots.Idle), ("unavailable", pool => pool.Slots.Unavailable));

        IEnumerable<IGrouping<string, PoolRow>> Pools() => (watch.Latest?.Pools ?? []).GroupBy(pool => PoolLabels.OfThisProcess.Of(pool.Pool));

        void Sum(string name, string unit, string meaning, Func<PoolRow, long> value) =>
            Whole(name, unit, meaning, () => Pools().Select(pools => new Measurement<long>(pools.Sum(value), Pool(pools.Key))));

        void Largest(string name, string meaning, Func<PoolRow, double?> seconds) => SiloMeter.Meter.CreateObservableGauge(
            name, () => Pools().Where(pools => pools.Max(seconds) is not null).Select(pools => new Measurement<double>(pools.Max(seconds)!.Value, Pool(pools.Key))), "s", meaning);

        void ByState(string name, string unit, string meaning, params (string State, Func<PoolRow, long> Value)[] states) =>
            Whole(name, unit, meaning, () => Pools().SelectMany(
                pools => states.Select(state => new Measurement<long>(pools.Sum(state.Value), Pool(pools.Key), new KeyValuePair<string, object?>("state", state.State)))));
    }

    private static void Whole(string name, string? unit, string meaning, Func<IEnumerable<Measurement<long>>> values) => SiloMeter.Meter.CreateObservableGauge(name, values, unit, meaning);

    private static KeyValuePair<string, object?> Pool(string label) => new("pool", label);
}
