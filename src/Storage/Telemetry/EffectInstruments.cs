using System.Diagnostics;
using System.Diagnostics.Metrics;
using ViViT.Contracts.Wire;

namespace ViViT.Storage.Telemetry;

/// <summary>What workers wrote, and what the fence kept from being written.</summary>
public static class EffectInstruments
{
    private static readonly Counter<long> FencedWrites = SiloMeter.Meter.CreateCounter<long>(
        "vivit.fenced_writes", "{write}", "Writes of attempts that had lost their lease; they changed nothing");

    private static readonly Counter<long> Points = SiloMeter.Meter.CreateCounter<long>("vivit.metric_points.ingested", "{point}", "Metric points that came, by what became of them");

    private static readonly Histogram<double> FlushDuration = SiloMeter.Seconds(
        "vivit.metric_flush.duration", "From a message with metric points to its commit", 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    private static readonly Counter<long> Checkpoints = SiloMeter.Meter.CreateCounter<long>("vivit.checkpoints.committed", "{checkpoint}", "Checkpoints that became the one to resume from");

    private static readonly Counter<long> CheckpointBytes = SiloMeter.Meter.CreateCounter<long>("vivit.checkpoint.committed", "By", "Size of the checkpoints that became the one to resume from");

    /// <summary>A write came under a fence that is not the current one.</summary>
    public static void Fenced(FencedKind kind) => FencedWrites.Add(1, new KeyValuePair<string, object?>("kind", Sql.Text(kind)));

    /// <summary>The replies to a message with metric points are certain.</summary>
    internal static void Flushed(IReadOnlyList<MetricFlush> flushes, IReadOnlyList<ReportReply> replies, long started)
    {
        FlushDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        for (var i = 0; i < flushes.Count; i++)
        {
            var points = 0L;
            foreach (var chunk in flushes[i].Chunks) points += chunk.Steps.Count;
            Points.Add(points, new KeyValuePair<string, object?>("result", Result(replies[i].Status)));
            if (replies[i].Status == ReportStatus.LeaseLost) Fenced(FencedKind.Metrics);
        }
    }

    internal static void Begin()
    {
        foreach (var kind in Enum.GetValues<FencedKind>()) FencedWrites.Add(0, new KeyValuePair<string, object?>("kind", Sql.Text(kind)));
        foreach (var status in Enum.GetValues<ReportStatus>()) Points.Add(0, new KeyValuePair<string, object?>("result", Result(status)));
        Checkpoints.Add(0);
        CheckpointBytes.Add(0);
    }

    internal static void Committed(CheckpointManifest checkpoint)
    {
        Checkpoints.Add(1);
        CheckpointBytes.Add(checkpoint.Bytes);
    }

    private static string Result(ReportStatus status) => status switch
    {
        ReportStatus.Accepted => "stored",
        ReportStatus.Duplicate => "duplicate",
        ReportStatus.Gap => "gap",
        ReportStatus.LeaseLost => "fenced",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A flush is answered in one of four ways."),
    };
}

/// <summary>Kinds of writes that a fence guards.</summary>
public enum FencedKind
{
    Metrics,
    Checkpoint,
    Outcome,
}
