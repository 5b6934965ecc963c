using System.Diagnostics.Metrics;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Storage.Telemetry;

namespace ViViT.Grains.Sweeps;

/// <summary>What stopping rules did.</summary>
internal static class RuleInstruments
{
    private static readonly Counter<long> StoppedEarly = SiloMeter.Meter.CreateCounter<long>("vivit.stopped_early", "{experiment}", "Experiments that a stopping rule ended");

    public static void Stopped(StoppingRule rule) => StoppedEarly.Add(1, new KeyValuePair<string, object?>("rule", ContractsJson.Name(rule)));
}
