namespace ViViT.Contracts.Experiments;

/// <summary>The control plane's state of one experiment; its row, its grain's state and its messages are this record.</summary>
public sealed record Experiment
{
    public ExperimentId Id { get; init; }

    public SweepId Sweep { get; init; }

    public ExperimentState State { get; init; }

    /// <summary>The fencing token: rises at every grant and every loss of a lease. An effect that carries another one changes nothing.</summary>
    public long Fence { get; init; }

    /// <summary>Number of the latest attempt, from 1; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>Attempts that failed for a reason that another attempt may not meet; handing back and fitting into less memory do not count.</summary>
    public int Failures { get; init; }

    /// <summary>The failure of this number is final.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>Who holds the lease; null unless running.</summary>
    public string? Worker { get; init; }

    /// <summary>Why it is in its state, for people: the last failure, who cancelled it, ….</summary>
    public string? Reason { get; init; }

    /// <summary>Number of the group that it trains in; null before its first grant, and after it left a group.</summary>
    public long? Group { get; init; }

    /// <summary>Places of the group that it trains in; null before its first grant, and after it left a group.</summary>
    public int? GroupSize { get; init; }

    /// <summary>The most experiments that it may train with as one; null: as many as pays.</summary>
    public int? GroupLimit { get; init; }

    /// <summary>Samples of a step.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Pieces that a batch is computed in, so that less memory is needed; the step is that of the whole batch.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>How long it is not offered, from the moment that this state is stored.</summary>
    public TimeSpan Backoff { get; init; }

    /// <summary>The worker that its last attempt failed on: others of the pool are preferred.</summary>
    public string? Avoid { get; init; }

    /// <summary>The only place where an experiment changes state. Same input, same output; reads no clock. Late and repeated events fall through.</summary>
    public Experiment Apply(ExperimentEvent e) => (State, e) switch
    {
        (ExperimentState.Pending, ExperimentEvent.Submitted) => this with { State = ExperimentState.Queued },

        (ExperimentState.Queued, ExperimentEvent.Granted g) when g.Fence > Fence =>
            this with { State = ExperimentState.Running, Fence = g.Fence, Attempt = Attempt + 1, Worker = g.Worker, Reason = null, Backoff = TimeSpan.Zero, Avoid = null },

        (ExperimentState.Running, ExperimentEvent.LeaseLost l) when l.Fence == Fence => Retry(l.Reason, FailurePolicy.For(FailureClass.Infrastructure)),

        (ExperimentState.Running, ExperimentEvent.AttemptEnded { Outcome: var outcome } ended) when ended.Fence == Fence => outcome.Result switch
        {
            AttemptResult.Succeeded => End(ExperimentState.Succeeded, reason: null),
            AttemptResult.Released => Queue(outcome.Reason),
            AttemptResult.Failed when outcome.Class == FailureClass.OutOfMemory => Shrink(outcome.Reason),
            AttemptResult.Failed when outcome.Class is { } failure && FailurePolicy.For(failure) is { Retry: true } policy => Retry(outcome.Reason, policy),
            _ => End(ExperimentState.Failed, outcome.Reason),
        },

        (ExperimentState.Queued or ExperimentState.Running, ExperimentEvent.StoppedByRule s) => Fenced(End(ExperimentState.Stopped, s.Reason)),

        (ExperimentState.Failed or ExperimentState.Cancelled, ExperimentEvent.Retried r) =>
            this with { State = ExperimentState.Queued, Failures = 0, Reason = r.Reason, Avoid = null },

        (_, ExperimentEvent.Cancelled c) when !State.IsFinal() => Fenced(End(ExperimentState.Cancelled, c.Reason)),

        _ => this,
    };

    private Experiment Retry(string? reason, FailurePolicy policy)
    {
        var counted = this with { Failures = Failures + 1 };
        if (counted.Failures >= MaxAttempts)
        {
            return counted.Fenced(counted.End(ExperimentState.Failed, $"{reason} (attempt {counted.Failures} of {MaxAttempts})"));
        }

        var again = counted.Queue(reason) with { Backoff = policy.Backoff(counted.Failures, Group ?? Id.Value), Avoid = policy.Elsewhere ? Worker : null };

        // The last attempt is made alone: one that kills its trainer must not take the others of its group with it.
        return counted.Failures == MaxAttempts - 1 && GroupSize > 1 ? again with { Group = null, GroupSize = null, GroupLimit = 1 } : again;
    }

    // The device's memory was too small: half the group, and once alone, half the piece of a batch.
    private Experiment Shrink(string? reason) => GroupSize > 1
        ? Queue($"{reason} Goes on in a group of at most {GroupSize / 2}.") with { Group = null, GroupSize = null, GroupLimit = GroupSize / 2 }
        : Accumulate < BatchSize
            ? Queue($"{reason} Goes on with its batch in {Math.Min(Accumulate * 2, BatchSize)} pieces.") with { Accumulate = Math.Min(Accumulate * 2, BatchSize) }
            : Fenced(End(ExperimentState.Failed, $"{reason} It does not fit even alone and one sample at a time: give it a larger device or a smaller model."));

    private Experiment Queue(string? reason) => Fenced(this with { State = ExperimentState.Queued, Worker = null, Reason = reason });

    private Experiment End(ExperimentState state, string? reason) => this with { State = state, Worker = null, Reason = reason };

    private Experiment Fenced(Experiment next) => next with { Fence = Fence + 1 };
}
