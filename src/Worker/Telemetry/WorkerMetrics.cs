using System.Diagnostics.Metrics;
using ViViT.Contracts;

namespace ViViT.Worker.Telemetry;

/// <summary>What a worker counts. docs/telemetry.md says what each means; labels come from closed sets only.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    public const string MeterName = "ViViT.Worker";

    private static readonly InstrumentAdvice<double> Steps = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };
    private static readonly InstrumentAdvice<double> Transfers = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] };
    private static readonly KeyValuePair<string, object?> Write = new("op", "write");
    private static readonly KeyValuePair<string, object?> Read = new("op", "read");

    private readonly Meter meter = new(MeterName, BuildVersion.Text);
    private readonly KeyValuePair<string, object?> pool;
    private readonly KeyValuePair<string, object?> device;
    private readonly Histogram<double> stepDuration;
    private readonly Counter<long> steps;
    private readonly Counter<long> samples;
    private readonly Histogram<double> checkpointDuration;
    private readonly Counter<long> checkpointBytes;
    private readonly UpDownCounter<long> bufferedPoints;
    private readonly Counter<long> coarsenedPoints;
    private readonly Counter<long> flushes;
    private readonly Counter<long> trainerStarts;
    private readonly Counter<long> heartbeats;
    private int reachable = -1;

    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    public WorkerMetrics(string pool, string device, int slots, TimeProvider time)
    {
        (this.pool, this.device) = (new("pool", pool), new("device", device));
        Ledger = new(slots, time);
        meter.CreateObservableGauge("vivit.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", BuildVersion.Text)), null, "Which build this is; always 1");
        meter.CreateObservableUpDownCounter("vivit.slots", Slots, "{slot}", "Slots of this worker");
        meter.CreateObservableCounter("vivit.slot.seconds", Seconds, "s", "Time of slots by what it was used for, once that is known");
        meter.CreateObservableGauge(
            "vivit.slot.undecided.seconds", () => new Measurement<double>(Ledger.Read().Undecided, this.pool, this.device), "s", "Time since the last committed checkpoints of what runs: what would be lost now");
        stepDuration = meter.CreateHistogram("vivit.step.duration", "s", "Time of an optimiser step", advice: Steps);
        steps = meter.CreateCounter<long>("vivit.steps", "{step}", "Optimiser steps; a group's step is one");
        samples = meter.CreateCounter<long>("vivit.samples.processed", "{sample}", "Training samples, of all members of a group");
        checkpointDuration = meter.CreateHistogram("vivit.checkpoint.duration", "s", "Time of a checkpoint from the device to the disk, or back", advice: Transfers);
        checkpointBytes = meter.CreateCounter<long>("vivit.checkpoint.bytes", "By", "Bytes of checkpoints that were written or read");
        bufferedPoints = meter.CreateUpDownCounter<long>("vivit.metric.buffer.points", "{point}", "Points that the server has not acknowledged");
        coarsenedPoints = meter.CreateCounter<long>("vivit.metric.points.coarsened", "{point}", "Points dropped, every second one, since the server was away for long");
        flushes = meter.CreateCounter<long>("vivit.metric.flushes", "{flush}", "Flushes of points by what became of them");
        trainerStarts = meter.CreateCounter<long>("vivit.trainer.starts", "{start}", "Trainer processes started, by why there was none");
        heartbeats = meter.CreateCounter<long>("vivit.heartbeats", "{heartbeat}", "Heartbeats by whether the server answered");
        meter.CreateObservableGauge("vivit.server.reachable", Reachable, null, "Whether the server answered the last request");
    }

    /// <summary>Where the time of the slots is booked.</summary>
    public SlotLedger Ledger { get; }

    /// <summary>More instruments go there.</summary>
    public Meter Meter => meter;

    /// <summary>A trainer has done some steps.</summary>
    /// <param name="seconds">Of all of them together; each counts with their mean.</param>
    public void Stepped(long steps, long samples, double seconds)
    {
        this.steps.Add(steps, pool, device);
        this.samples.Add(samples, pool, device);
        for (var step = 0; step < steps; step++) stepDuration.Record(seconds / steps, pool, device);
    }

    public void CheckpointWritten(long bytes, double seconds)
    {
        checkpointBytes.Add(bytes, Write);
        checkpointDuration.Record(seconds, Write);
    }

    public void CheckpointRead(long bytes, double seconds)
    {
        checkpointBytes.Add(bytes, Read);
        checkpointDuration.Record(seconds, Read);
    }

    /// <summary>So many more points wait, or fewer.</summary>
    public void Buffered(long more) => bufferedPoints.Add(more);

    public void Coarsened(long dropped) => coarsenedPoints.Add(dropped);

    public void Flushed(FlushResult result, int count = 1) => flushes.Add(count, new KeyValuePair<string, object?>("result", ContractsJson.Name(result)));

    public void TrainerStarts(StartReason reason) => trainerStarts.Add(1, new KeyValuePair<string, object?>("reason", ContractsJson.Name(reason)));

    public void Beat(bool answered) => heartbeats.Add(1, new KeyValuePair<string, object?>("result", answered ? "ok" : "failed"));

    /// <summary>The server answered a request, or did not.</summary>
    public void Reached(bool answered) => Volatile.Write(ref reachable, answered ? 1 : 0);

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<int>> Slots()
    {
        var now = Ledger.Read();
        return [new(now.Busy, pool, device, new("state", "busy")), new(now.Free, pool, device, new("state", "idle"))];
    }

    private IEnumerable<Measurement<double>> Seconds()
    {
        var now = Ledger.Read();
        return [new(now.Train, pool, device, new("use", "train")), new(now.Idle, pool, device, new("use", "idle")), new(now.Lost, pool, device, new("use", "lost"))];
    }

    // Nothing before the first request.
    private IEnumerable<Measurement<int>> Reachable() => Volatile.Read(ref reachable) is >= 0 and var known ? [new(known)] : [];
}

/// <summary>What became of a flush of points.</summary>
internal enum FlushResult
{
    Stored,
    Duplicate,

    /// <summary>An earlier one is missing; it is sent again.</summary>
    Gap,

    /// <summary>Its attempt had lost the lease.</summary>
    Fenced,

    /// <summary>There was no answer, or a refusal.</summary>
    Failed,
}

/// <summary>Why a slot needs a trainer process.</summary>
internal enum StartReason
{
    /// <summary>The slot had none yet.</summary>
    First,

    /// <summary>The last one ended by itself, or somebody killed it.</summary>
    Died,

    /// <summary>It gave no sign of life and was killed.</summary>
    Hung,

    /// <summary>An attempt ran out of memory in it.</summary>
    OutOfMemory,

    /// <summary>An attempt failed in it through no fault of its own.</summary>
    Infrastructure,

    /// <summary>It did not let go of a lease that was lost and was killed.</summary>
    LeaseLost,

    /// <summary>It never said that it is ready.</summary>
    Unready,
}
