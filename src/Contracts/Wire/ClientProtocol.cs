using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;

namespace ViViT.Contracts.Wire;

/// <summary>A sweep at a glance.</summary>
/// <param name="StepsDone">Optimiser steps done by all its experiments; with <paramref name="StepsTotal"/> (of those that told it) the progress.</param>
/// <param name="FinishedAt">Null while it can move.</param>
/// <param name="Expected">Experiments that it has in the end; more than there are while a search has some still to choose.</param>
public sealed record SweepStatus(
    SweepId Id, string Name, string? Description, SweepState State, StateCounts Counts, long StepsDone, long StepsTotal,
    DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string Pool = "local", int Priority = 0, double Weight = 1, int? MaxParallel = null, int Expected = 0);

/// <param name="Priority">-100 to 100.</param>
public sealed record PriorityChange(int Priority);

/// <summary>The experiments that got another attempt.</summary>
public sealed record RetriedExperiments(IReadOnlyList<ExperimentId> Experiments);

/// <param name="Reason">Why, for whoever looks at the list of workers.</param>
public sealed record CordonRequest(string Reason);

/// <summary>An experiment as a row of a table.</summary>
/// <param name="Axes">Axis path to value: what tells the cell from the others of its sweep.</param>
/// <param name="StateSince">When it entered its state.</param>
/// <param name="ReadyAt">Queued, but not offered before this; null when it could start now.</param>
/// <param name="GroupSize">Places of the group that it trains in; null before its first grant.</param>
/// <param name="Why">Why it does not run, and what would change that; null while it runs.</param>
/// <param name="Metrics">Last value of each metric but the confusion matrices, which are many numbers: the detail and the curves have them.</param>
public sealed record ExperimentRow(
    ExperimentId Id, SweepId Sweep, int Ordinal, IReadOnlyDictionary<string, string> Axes, string Data, ExperimentState State, DateTimeOffset StateSince,
    int Attempt, string? Worker, string? Reason, long Step, long TotalSteps, IReadOnlyDictionary<string, double> Metrics,
    DateTimeOffset? ReadyAt = null, int? GroupSize = null, Explanation? Why = null);

/// <summary>Everything known about one experiment but its curves.</summary>
public sealed record ExperimentDetail(
    ExperimentRow Row, ExperimentSpec Spec, IReadOnlyList<AttemptRow> Attempts, CheckpointManifest? Checkpoint, IReadOnlyList<MetricSummary> Metrics);

/// <summary>One execution of an experiment.</summary>
/// <param name="ResumedStep">The step it continued from; null for a fresh start.</param>
/// <param name="Outcome">Null while it runs; <c>succeeded</c>, <c>failed</c>, <c>released</c>, <c>lease_lost</c>, <c>stopped</c> or <c>cancelled</c>.</param>
/// <param name="Class">Why it ended without a result; null while it runs, and when it has one.</param>
public sealed record AttemptRow(
    int Attempt, long Fence, string Worker, long? ResumedStep, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, string? Reason, FailureClass? Class = null);

/// <summary>A metric of one experiment in four numbers; NaN and the infinities are counted apart.</summary>
public sealed record MetricSummary(string Metric, long Count, long LastStep, double LastValue, double? Min, double? Max, long NonFinite);

/// <summary>A learning curve: the points of the committed lineage of attempts, each step once, in rising order.</summary>
public sealed record Curve(string Metric, IReadOnlyList<long> Steps, IReadOnlyList<double> Values);

/// <summary>A worker as the control plane knows it.</summary>
/// <param name="Running">Experiments that it trains.</param>
/// <param name="Cordoned">Why it gets no more leases; null when it does.</param>
/// <param name="Draining">It hands back what it has, then ends.</param>
public sealed record WorkerRow(
    string Name, string Pool, string Host, int Slots, string Device, string Version, int Running, DateTimeOffset LastSeen, bool Alive, string? Cordoned = null, bool Draining = false);

/// <summary>Something that the system did, and why.</summary>
/// <param name="Id">Rises with time.</param>
/// <param name="Kind">Such as <c>experiment_granted</c>.</param>
/// <param name="By">Who wanted it, e.g. <c>token ci-bot</c>; null when the system did it by itself.</param>
public sealed record EventRow(long Id, DateTimeOffset At, string Kind, SweepId? Sweep, ExperimentId? Experiment, string? Worker, string Text, string? By = null);

/// <summary>A line of a trainer's log.</summary>
/// <param name="Id">Rises with time.</param>
public sealed record LogRow(long Id, int Attempt, DateTimeOffset At, string Text);
