using System.Text.Json.Serialization;

namespace ViViT.Contracts.Sweeps;

/// <summary>Where a sweep stands.</summary>
public enum SweepState
{
    Running,

    /// <summary>Its user wants no more of it for now: nothing new starts, what ran was saved and waits.</summary>
    Paused,

    /// <summary>Every experiment ended and none failed.</summary>
    Succeeded,

    /// <summary>Every experiment ended and at least one failed.</summary>
    Failed,

    /// <summary>Ended by its user.</summary>
    Cancelled,
}

public static class SweepStates
{
    /// <summary>Nothing of it moves any more, unless its user wants another attempt.</summary>
    public static bool IsFinal(this SweepState state) => state >= SweepState.Succeeded;
}

/// <summary>The control plane's state of one sweep.</summary>
public sealed record Sweep
{
    public SweepId Id { get; init; }

    public SweepState State { get; init; }

    /// <summary>The only place where a sweep changes state: by its user's word, or when no experiment of it can move any more.</summary>
    public Sweep Apply(SweepEvent e) => (State, e) switch
    {
        (SweepState.Running or SweepState.Paused, SweepEvent.CancelRequested) => this with { State = SweepState.Cancelled },
        (SweepState.Running, SweepEvent.PauseRequested) => this with { State = SweepState.Paused },
        (SweepState.Paused, SweepEvent.ResumeRequested) => this with { State = SweepState.Running },
        (SweepState.Succeeded or SweepState.Failed or SweepState.Cancelled, SweepEvent.Retried) => this with { State = SweepState.Running },
        (SweepState.Running or SweepState.Paused, SweepEvent.Progressed { Counts: var counts, Expected: var expected }) when counts.Total >= expected && counts.Unfinished == 0 =>
            this with { State = counts.Failed > 0 ? SweepState.Failed : SweepState.Succeeded },
        _ => this,
    };
}

/// <summary>What can happen to a sweep.</summary>
[JsonDerivedType(typeof(Progressed), "progressed")]
[JsonDerivedType(typeof(CancelRequested), "cancel_requested")]
[JsonDerivedType(typeof(PauseRequested), "pause_requested")]
[JsonDerivedType(typeof(ResumeRequested), "resume_requested")]
[JsonDerivedType(typeof(Retried), "retried")]
public abstract record SweepEvent
{
    private SweepEvent()
    {
    }

    /// <summary>Experiments of it changed state.</summary>
    /// <param name="Expected">Experiments that it has in the end, at least 1; a search may still have to choose some of them.</param>
    public sealed record Progressed(StateCounts Counts, int Expected) : SweepEvent;

    /// <summary>Its user ended it.</summary>
    public sealed record CancelRequested : SweepEvent;

    /// <summary>Its user wants its slots for something else.</summary>
    public sealed record PauseRequested : SweepEvent;

    /// <summary>Its user wants it to go on.</summary>
    public sealed record ResumeRequested : SweepEvent;

    /// <summary>Experiments of it that had ended got another attempt.</summary>
    public sealed record Retried : SweepEvent;
}

/// <summary>Experiments of a sweep by state.</summary>
public sealed record StateCounts(int Pending, int Queued, int Running, int Succeeded, int Failed, int Stopped, int Cancelled)
{
    public int Unfinished => Pending + Queued + Running;

    public int Total => Unfinished + Succeeded + Failed + Stopped + Cancelled;
}
