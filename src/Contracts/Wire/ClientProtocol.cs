using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;

namespace ViViT.Contracts.Wire;

/// <summary>A sweep at a glance.</summary>
/// <param name="StepsDone">Optimiser steps done by all its experiments; with <paramref name="StepsTotal"/> (of those that told it) the progress.</param>
/// <param name="FinishedAt">Null while it runs.</param>
public sealed record SweepStatus(
    SweepId Id, string Name, string? Description, SweepState State, StateCounts Counts, long StepsDone, long StepsTotal,
    DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <summary>An experiment as a row of a table.</summary>
/// <param name="Axes">Axis path to value: what tells the cell from the others of its sweep.</param>
/// <param name="StateSince">When it entered its state.</param>
/// <param name="Metrics">Last value of each metric but the confusion matrices, which are many numbers: the detail and the curves have them.</param>
public sealed record ExperimentRow(
    ExperimentId Id, SweepId Sweep, int Ordinal, IReadOnlyDictionary<string, string> Axes, string Data, ExperimentState State, DateTimeOffset StateSince,
    int Attempt, string? Worker, string? Reason, long Step, long TotalSteps, IReadOnlyDictionary<string, double> Metrics);

/// <summary>Everything known about one experiment but its curves.</summary>
public sealed record ExperimentDetail(
    ExperimentRow Row, ExperimentSpec Spec, IReadOnlyList<AttemptRow> Attempts, CheckpointManifest? Checkpoint, IReadOnlyList<MetricSummary> Metrics);

/// <summary>One execution of an experiment.</summary>
/// <param name="ResumedStep">The step it continued from; null for a fresh start.</param>
/// <param name="Outcome">Null while it runs; <c>lease_lost</c> when nobody told how it ended.</param>
public sealed record AttemptRow(
    int Attempt, long Fence, string Worker, long? ResumedStep, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, string? Reason);

/// <summary>A metric of one experiment in four numbers; NaN and the infinities are counted apart.</summary>
public sealed record MetricSummary(string Metric, long Count, long LastStep, double LastValue, double? Min, double? Max, long NonFinite);

/// <summary>A learning curve: the points of the committed lineage of attempts, each step once, in rising order.</summary>
public sealed record Curve(string Metric, IReadOnlyList<long> Steps, IReadOnlyList<double> Values);

/// <summary>A worker as the control plane knows it.</summary>
public sealed record WorkerRow(
    string Name, string Pool, string Host, int Slots, string Device, string Version, int Running, DateTimeOffset LastSeen, bool Alive);
