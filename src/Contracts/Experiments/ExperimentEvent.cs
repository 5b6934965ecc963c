using System.Text.Json.Serialization;

namespace ViViT.Contracts.Experiments;

/// <summary>What can happen to an experiment.</summary>
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(Granted), "granted")]
[JsonDerivedType(typeof(LeaseLost), "lease_lost")]
[JsonDerivedType(typeof(AttemptEnded), "attempt_ended")]
[JsonDerivedType(typeof(StoppedByRule), "stopped_by_rule")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
[JsonDerivedType(typeof(Retried), "retried")]
public abstract record ExperimentEvent
{
    private ExperimentEvent()
    {
    }

    /// <summary>Its sweep offers it to workers.</summary>
    public sealed record Submitted : ExperimentEvent;

    /// <summary>A worker got its lease under a new, higher fence.</summary>
    public sealed record Granted(string Worker, long Fence) : ExperimentEvent;

    /// <summary>The lease under this fence expired or was given up without an outcome.</summary>
    public sealed record LeaseLost(long Fence, string Reason) : ExperimentEvent;

    /// <summary>The attempt under this fence reported how it ended.</summary>
    public sealed record AttemptEnded(long Fence, AttemptOutcome Outcome) : ExperimentEvent;

    /// <summary>The sweep's stopping rule ended it early; its results so far count.</summary>
    public sealed record StoppedByRule(string Reason) : ExperimentEvent;

    /// <summary>Its user ended it.</summary>
    /// <param name="By">Whose token; null when it is not known.</param>
    public sealed record Cancelled(string Reason, string? By = null) : ExperimentEvent;

    /// <summary>Its user wants another attempt at what failed or was cancelled, from its last checkpoint, with all attempts anew.</summary>
    /// <param name="By">Whose token; null when it is not known.</param>
    public sealed record Retried(string Reason, string? By = null) : ExperimentEvent;
}
