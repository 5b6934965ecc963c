using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Simulation.Tests.Store;

internal sealed class StoredSweep(SweepId id, SweepSpec spec, int expected)
{
    public SweepId Id => id;

    public SweepSpec Spec => spec;

    public int Expected => expected;

    public SweepState State { get; set; }

    public long Version { get; set; } = 1;

    public int Priority { get; set; } = spec.Priority;

    public List<StoredExperiment> Experiments { get; } = [];

    public List<SearchResult> Results { get; } = [];

    public List<(ExperimentId Experiment, Judgement Judgement)> Judgements { get; } = [];

    /// <summary>Held by a claim from its look at the limit to its commit.</summary>
    public object? LockedBy { get; set; }
}

internal sealed class StoredExperiment(ExperimentId id, StoredSweep sweep, Cell cell, string groupKey, string? shapeKey)
{
    public ExperimentId Id => id;

    public StoredSweep Sweep => sweep;

    public Cell Cell => cell;

    public string GroupKey => groupKey;

    public string? ShapeKey => shapeKey;

    public ExperimentState State { get; set; } = ExperimentState.Queued;

    public DateTimeOffset StateSince { get; set; }

    public string? Reason { get; set; }

    public long Fence { get; set; }

    public int Attempt { get; set; }

    public int Failures { get; set; }

    public int MaxAttempts { get; init; }

    public string? Worker { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public CheckpointManifest? Checkpoint { get; set; }

    public long Version { get; set; } = 1;

    public int? GroupLimit { get; set; }

    public long? Group { get; set; }

    public int? GroupSize { get; set; }

    public int? GroupPlace { get; set; }

    public long? Lease { get; set; }

    public DateTimeOffset? ReadyAt { get; set; }

    public string? Avoid { get; set; }

    public int Accumulate { get; set; } = 1;

    public string? Release { get; set; }

    public List<StoredAttempt> Attempts { get; } = [];

    public SortedDictionary<string, StoredSummary> Summaries { get; } = new(StringComparer.Ordinal);

    /// <summary>Fence and step of all that were committed.</summary>
    public List<(long Fence, long Step)> Checkpoints { get; } = [];

    /// <summary>Queued, and offered.</summary>
    public bool IsOffered => State == ExperimentState.Queued && ReadyAt is null;
}

internal sealed class StoredAttempt
{
    public required int Number { get; init; }

    public required long Fence { get; init; }

    public required string Worker { get; init; }

    public required long? Resumed { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public int NextSeq { get; set; }

    public long Step { get; set; }

    public long TotalSteps { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public AttemptEnding? Ending { get; set; }

    public List<(string Metric, int Seq, long[] Steps, double[] Values)> Chunks { get; } = [];
}

internal sealed record StoredSummary(long Count, long LastStep, double LastValue, double? Min, double? Max, long NonFinite);

internal sealed class StoredWorker(string name)
{
    public string Name => name;

    public string Pool { get; set; } = "";

    public IReadOnlyList<SlotInfo> Slots { get; set; } = [];

    public DateTimeOffset LastSeen { get; set; }

    public string? CordonReason { get; set; }

    public bool Draining { get; set; }
}
