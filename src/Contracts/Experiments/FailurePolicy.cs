namespace ViViT.Contracts.Experiments;

/// <summary>What follows a failed attempt of a class. Pure.</summary>
/// <param name="Retry">Whether the same is tried again, as a failure that counts. (What goes on smaller or was handed back is queued without counting: <see cref="Experiment.Apply"/>.)</param>
/// <param name="FirstBackoff">Wait before the first retry; it doubles with every further failure.</param>
/// <param name="LongestBackoff">The wait grows no longer than this.</param>
/// <param name="Elsewhere">Another worker of the pool is preferred for the next attempt.</param>
public sealed record FailurePolicy(bool Retry, TimeSpan FirstBackoff, TimeSpan LongestBackoff, bool Elsewhere)
{
    private static readonly FailurePolicy NoRetry = new(Retry: false, TimeSpan.Zero, TimeSpan.Zero, Elsewhere: false);
    private static readonly FailurePolicy Patient = new(Retry: true, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), Elsewhere: true);

    public static FailurePolicy For(FailureClass failure) => failure switch
    {
        FailureClass.Infrastructure => Patient,
        FailureClass.User or FailureClass.OutOfMemory or FailureClass.Numerical or FailureClass.Preempted or FailureClass.Cancelled => NoRetry,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "There is no such class of failures."),
    };

    /// <summary>
    /// How long to wait after that many failures, between half the nominal wait and all of it. The jitter is a function of the number and
    /// the count, so that what failed together does not come back together and yet every replay waits alike.
    /// </summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="number">Of the group, whose members come back together, or of the experiment.</param>
    public TimeSpan Backoff(int failures, long number)
    {
        var nominal = Math.Min(FirstBackoff.Ticks * Math.Pow(2, Math.Min(failures - 1, 30)), LongestBackoff.Ticks);
        return TimeSpan.FromTicks((long)(nominal * (0.5 + (Fraction(((ulong)number * 31) + (ulong)failures) / 2))));
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014): a number in [0, 1).
    private static double Fraction(ulong seed)
    {
        var z = unchecked((seed + 1) * 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (z >> 11) * (1.0 / (1UL << 53));
    }
}
