namespace ViViT.Contracts.Experiments;

/// <summary>How one attempt ended, as its worker tells.</summary>
/// <param name="Class">Set exactly when the attempt failed; never preempted or cancelled, which is the control plane's to say.</param>
/// <param name="Reason">For people: what happened, where, how to mend it.</param>
public sealed record AttemptOutcome(AttemptResult Result, FailureClass? Class = null, string? Reason = null);

public enum AttemptResult
{
    /// <summary>Trained to its end.</summary>
    Succeeded,

    /// <summary>Ended without a result, see <see cref="FailureClass"/>.</summary>
    Failed,

    /// <summary>Handed back unharmed, to go on elsewhere (preemption, drain, shutdown); does not count against the attempts.</summary>
    Released,
}

/// <summary>How an attempt's end stands in its row: the word and, unless it brought a result, the class.</summary>
public sealed record AttemptEnding(string Outcome, FailureClass? Class, string? Reason)
{
    /// <summary>What its worker told.</summary>
    public static AttemptEnding Of(AttemptOutcome told) => new(Text(told.Result), told.Result == AttemptResult.Released ? FailureClass.Preempted : told.Class, told.Reason);

    /// <summary>The ending of the open attempt when this event ends it; null when it does not end an attempt.</summary>
    public static AttemptEnding? Of(ExperimentEvent e) => e switch
    {
        ExperimentEvent.AttemptEnded ended => Of(ended.Outcome),
        ExperimentEvent.LeaseLost lost => new("lease_lost", FailureClass.Infrastructure, lost.Reason),
        ExperimentEvent.Cancelled cancelled => new("cancelled", FailureClass.Cancelled, cancelled.Reason),
        ExperimentEvent.StoppedByRule stopped => new("stopped", null, stopped.Reason),
        _ => null,
    };

    private static string Text(AttemptResult result) => result switch
    {
        AttemptResult.Succeeded => "succeeded",
        AttemptResult.Failed => "failed",
        AttemptResult.Released => "released",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "An attempt ends in one of three ways."),
    };
}
