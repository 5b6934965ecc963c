using System.Text.Json.Serialization;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Wire;

/// <summary>A worker's slot asks for work; the server answers within <paramref name="WaitSeconds"/>, with 204 when there is none.</summary>
/// <param name="Device">What the slot computes on: <c>cpu</c>, <c>cuda:0</c>, ….</param>
/// <param name="DeviceKind">Devices of one kind are equally fast: <c>cpu/AMD EPYC 9R14/1</c> (its threads), <c>NVIDIA H200</c>, ….</param>
/// <param name="MaxGroup">The most experiments that the slot trains as one.</param>
/// <param name="MemoryGib">Memory of the device, or the slot's share of it, in GiB; null when it is not known.</param>
public sealed record LeaseRequest(string Pool, string Slot, string Device, string DeviceKind, int MaxGroup, double WaitSeconds, double? MemoryGib = null);

/// <summary>
/// The right to execute these experiments, as one stacked model, until the term has passed since the last renewal; or the wish to know a
/// shape's speed first.
/// </summary>
/// <param name="Experiments">Of one group, each in its place; empty when there is something to measure.</param>
/// <param name="TermSeconds">How long a lease lives without a heartbeat.</param>
/// <param name="GroupSize">
/// K, the places of the group: fixed at the first grant of its members. A place without an experiment stays empty, so that the shapes and
/// with them the bits stay the same.
/// </param>
/// <param name="Measure">Measure this, tell the result (<see cref="Routes.GroupSizes"/>), and ask again.</param>
public sealed record Lease(IReadOnlyList<LeasedExperiment> Experiments, double TermSeconds, int GroupSize = 1, ShapeToMeasure? Measure = null);

/// <summary>One experiment of a lease.</summary>
/// <param name="Fence">Goes with every effect of this attempt.</param>
/// <param name="ResumeFrom">The checkpoint to continue from; null to start afresh.</param>
/// <param name="Place">Its index in the group, from 0: the same in all its attempts.</param>
/// <param name="Accumulate">Pieces to compute each batch in, their gradients summed before the step: the arithmetic is the whole batch's. The same for all of a lease.</param>
/// <param name="Trace">W3C traceparent of the experiment's trace; null when nobody traces.</param>
public sealed record LeasedExperiment(
    ExperimentId Id, SweepId Sweep, int Attempt, long Fence, ExperimentSpec Spec, CheckpointManifest? ResumeFrom, int Place = 0, int Accumulate = 1, string? Trace = null)
{
    /// <summary>What its effects and renewals speak of.</summary>
    [JsonIgnore]
    public Held Held => new(Id, Fence);
}

/// <summary>A shape whose best group size on the worker's kind of device is not known.</summary>
/// <param name="Shape">See <see cref="GroupKey.ShapeOf"/>.</param>
/// <param name="Example">An experiment of that shape.</param>
public sealed record ShapeToMeasure(string Shape, ExperimentSpec Example);

/// <summary>How fast groups of a shape train on a kind of device. Of two results the first one counts.</summary>
/// <param name="Size">The group size that pays: a larger one is hardly faster, or does not fit.</param>
/// <param name="Sizes">Group sizes that were tried, rising from 1.</param>
/// <param name="SamplesPerSecond">Of all members together, for each of them.</param>
public sealed record MeasuredShape(string DeviceKind, string Shape, int Size, IReadOnlyList<int> Sizes, IReadOnlyList<double> SamplesPerSecond);

/// <summary>An experiment under the fence of the attempt that speaks of it.</summary>
public sealed record Held(ExperimentId Experiment, long Fence);

/// <summary>Sent a few times a term: renews every lease that the worker still holds.</summary>
/// <param name="Slots">Slots that the worker offers.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>, for people.</param>
/// <param name="Version">The worker's build.</param>
public sealed record Heartbeat(string Pool, string Host, IReadOnlyList<SlotInfo> Slots, string Device, string Version, IReadOnlyList<Held> Held);

/// <summary>A slot that a worker offers; what it says of itself when it asks for work.</summary>
public sealed record SlotInfo(string Name, string DeviceKind, int MaxGroup, double? MemoryGib);

/// <param name="Lost">Of the held ones: those whose lease is gone (expired and reclaimed, or cancelled); their trainers must stop.</param>
/// <param name="TermSeconds">How long the renewed leases live without another heartbeat.</param>
/// <param name="Release">Of the held ones: those to save and hand back, each with the reason; asked for until it is done. None when null.</param>
/// <param name="Drain">The worker is to hand back everything and end.</param>
public sealed record HeartbeatReply(IReadOnlyList<ExperimentId> Lost, double TermSeconds, IReadOnlyList<ReleaseRequest>? Release = null, bool Drain = false);

/// <summary>An experiment whose slot is needed: finish the step, save, hand back.</summary>
public sealed record ReleaseRequest(ExperimentId Experiment, string Reason);

/// <summary>Lines that the trainer of an attempt wrote to its log. A line that was stored before is stored once.</summary>
public sealed record LogBatch(ExperimentId Experiment, long Fence, IReadOnlyList<LogLine> Lines);

/// <param name="Seq">Number of the line within its attempt, from 0.</param>
public sealed record LogLine(int Seq, DateTimeOffset At, string Text);

/// <summary>Points of one metric in rising order of step.</summary>
/// <param name="Metric">Name such as <c>train/loss</c>: letters, digits and <c>_./-</c>, at most 200.</param>
/// <param name="Steps">Optimiser steps done when the value was measured.</param>
public sealed record MetricChunk(string Metric, IReadOnlyList<long> Steps, IReadOnlyList<double> Values);

/// <summary>Some metric chunks of one attempt. Flush numbers rise by one from 0; a repeated one is acknowledged and stored once.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="TotalSteps">Optimiser steps of the whole training.</param>
public sealed record MetricFlush(ExperimentId Experiment, long Fence, int Seq, long Step, long TotalSteps, IReadOnlyList<MetricChunk> Chunks);

/// <summary>A checkpoint that is complete on the worker's storage and wants to become the one to resume from.</summary>
public sealed record CheckpointCommit(ExperimentId Experiment, long Fence, CheckpointManifest Checkpoint);

/// <summary>A committed checkpoint: everything needed to continue bit for bit.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Path">Folder relative to the checkpoint root that the workers of a pool share.</param>
/// <param name="Sha256">Hash over the checkpoint's manifest file, which holds the hashes of the other files; lower-case hexadecimal.</param>
/// <param name="Bytes">Size of all files.</param>
public sealed record CheckpointManifest(long Step, string Path, string Sha256, long Bytes);

/// <summary>How an attempt ended.</summary>
public sealed record OutcomeReport(ExperimentId Experiment, long Fence, AttemptOutcome Outcome);

/// <summary>The server's word on an effect.</summary>
public enum ReportStatus
{
    /// <summary>Stored.</summary>
    Accepted,

    /// <summary>Was stored before; nothing changed.</summary>
    Duplicate,

    /// <summary>An earlier flush is missing: send again from <see cref="ReportReply.NextSeq"/>.</summary>
    Gap,

    /// <summary>The fence is not the current one: nothing was stored, the trainer must stop.</summary>
    LeaseLost,
}

/// <param name="NextSeq">Of a flush: the number that the server accepts next.</param>
public sealed record ReportReply(ReportStatus Status, int NextSeq = 0);
