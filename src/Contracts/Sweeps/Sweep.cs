using System.Text.Json.Serialization;

namespace ViViT.Contracts.Sweeps;

/// <summary>Where a sweep stands.</summary>
public enum SweepState
{
    Running,

    /// <summary>Every experiment ended and none failed.</summary>
    Succeeded,

    /// <summary>Every experiment ended and at least one failed.</summary>
    Failed,

    /// <summary>Ended by its user.</summary>
    Cancelled,
}

/// <summary>The control plane's state of one sweep.</summary>
public sealed record Sweep
{
    public SweepId Id { get; init; }

    public SweepState State { get; init; }

    /// <summary>The only place where a sweep changes state: by its user's word, or when no experiment of it can move any more.</summary>
    public Sweep Apply(SweepEvent e) => (State, e) switch
    {
        (SweepState.Running, SweepEvent.CancelRequested) => this with { State = SweepState.Cancelled },
        (SweepState.Running, SweepEvent.Progressed { Counts: var counts }) when counts.Total > 0 && counts.Unfinished == 0 =>
            this with { State = counts.Failed > 0 ? SweepState.Failed : SweepState.Succeeded },
        _ => this,
    };
}

/// <summary>What can happen to a sweep.</summary>
[JsonDerivedType(typeof(Progressed), "progressed")]
[JsonDerivedType(typeof(CancelRequested), "cancel_requested")]
public abstract record SweepEvent
{
    private SweepEvent()
    {
    }

    /// <summary>Experiments of it changed state.</summary>
    public sealed record Progressed(StateCounts Counts) : SweepEvent;

    /// <summary>Its user ended it.</summary>
    public sealed record CancelRequested : SweepEvent;
}

/// <summary>Experiments of a sweep by state.</summary>
public sealed record StateCounts(int Pending, int Queued, int Running, int Succeeded, int Failed, int Stopped, int Cancelled)
{
    public int Unfinished => Pending + Queued + Running;

    public int Total => Unfinished + Succeeded + Failed + Stopped + Cancelled;
}
