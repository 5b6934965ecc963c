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

    /// <summary>Attempts that it gets before a failure of the infrastructure is final.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>Who holds the lease; null unless running.</summary>
    public string? Worker { get; init; }

    /// <summary>Why it is in its state, for people: the last failure, who cancelled it, ….</summary>
    public string? Reason { get; init; }

    /// <summary>The only place where an experiment changes state. Same input, same output; reads no clock. Late and repeated events fall through.</summary>
    public Experiment Apply(ExperimentEvent e) => (State, e) switch
    {
        (ExperimentState.Pending, ExperimentEvent.Submitted) => this with { State = ExperimentState.Queued },

        (ExperimentState.Queued, ExperimentEvent.Granted g) when g.Fence > Fence =>
            this with { State = ExperimentState.Running, Fence = g.Fence, Attempt = Attempt + 1, Worker = g.Worker, Reason = null },

        (ExperimentState.Running, ExperimentEvent.LeaseLost l) when l.Fence == Fence => Retry(l.Reason),

        (ExperimentState.Running, ExperimentEvent.AttemptEnded { Outcome: var outcome } ended) when ended.Fence == Fence => outcome.Result switch
        {
            AttemptResult.Succeeded => End(ExperimentState.Succeeded, reason: null),
            AttemptResult.Released => this with { State = ExperimentState.Queued, Fence = Fence + 1, Worker = null, Reason = outcome.Reason, MaxAttempts = MaxAttempts + 1 },
            AttemptResult.Failed when outcome.Class == FailureClass.Infrastructure => Retry(outcome.Reason),
            _ => End(ExperimentState.Failed, outcome.Reason),
        },

        (_, ExperimentEvent.Cancelled c) when !State.IsFinal() =>
            End(ExperimentState.Cancelled, c.Reason) with { Fence = Fence + 1 },

        _ => this,
    };

    private Experiment Retry(string? reason) =>
        (Attempt < MaxAttempts
            ? this with { State = ExperimentState.Queued, Worker = null, Reason = reason }
            : End(ExperimentState.Failed, $"{reason} (attempt {Attempt} of {MaxAttempts})"))
        with { Fence = Fence + 1 };

    private Experiment End(ExperimentState state, string? reason) => this with { State = state, Worker = null, Reason = reason };
}
