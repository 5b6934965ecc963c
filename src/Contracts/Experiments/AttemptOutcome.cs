namespace ViViT.Contracts.Experiments;

/// <summary>How one attempt ended.</summary>
/// <param name="Class">Set exactly when the attempt failed.</param>
/// <param name="Reason">For people: what happened, where, how to mend it.</param>
public sealed record AttemptOutcome(AttemptResult Result, FailureClass? Class = null, string? Reason = null);

public enum AttemptResult
{
    /// <summary>Trained to its end.</summary>
    Succeeded,

    /// <summary>Ended without a result, see <see cref="FailureClass"/>.</summary>
    Failed,

    /// <summary>Handed back unharmed, to go on elsewhere (drain, shutdown); does not count against the attempts.</summary>
    Released,
}

/// <summary>Whose fault a failed attempt is: it decides whether another attempt makes sense.</summary>
public enum FailureClass
{
    /// <summary>Bad data, shape or settings: another attempt would fail alike.</summary>
    User,

    /// <summary>The training diverged (NaN or infinite loss): a result in its own right.</summary>
    Numerical,

    /// <summary>A process, device, disk or network failed: another attempt may well succeed.</summary>
    Infrastructure,
}

/// <summary>How an attempt's end is written in its row.</summary>
public static class AttemptOutcomes
{
    /// <summary>Nobody told how the attempt ended: its lease expired, or its experiment was cancelled under it.</summary>
    public const string LeaseLost = "lease_lost";

    /// <summary>What its worker told.</summary>
    public static string Text(AttemptResult result) => result switch
    {
        AttemptResult.Succeeded => "succeeded",
        AttemptResult.Failed => "failed",
        AttemptResult.Released => "released",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "An attempt ends in one of three ways."),
    };
}
