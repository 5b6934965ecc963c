namespace ViViT.Contracts.Diagnosis;

/// <summary>How something stands that a program depends on.</summary>
public enum Standing
{
    Ok,

    /// <summary>It works, and not as it should.</summary>
    Warn,

    /// <summary>Something will not work.</summary>
    Fail,
}

/// <summary>What an inspection found of one thing.</summary>
/// <param name="Found">What is there, with its numbers.</param>
/// <param name="Remedy">What to do about it; null when it is well.</param>
public sealed record Finding(string Subject, Standing Standing, string Found, string? Remedy = null)
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Harmful = TimeSpan.FromMinutes(1);

    public static Finding Ok(string subject, string found) => new(subject, Standing.Ok, found);

    public static Finding Warn(string subject, string found, string remedy) => new(subject, Standing.Warn, found, remedy);

    public static Finding Fail(string subject, string found, string remedy) => new(subject, Standing.Fail, found, remedy);

    /// <summary>A clock that was read elsewhere, between two readings of our own.</summary>
    public static Finding Clock(string subject, DateTimeOffset before, DateTimeOffset theirs, DateTimeOffset after)
    {
        var ahead = theirs > after ? theirs - after : theirs < before ? theirs - before : TimeSpan.Zero;
        var (size, found) = (ahead.Duration(), ahead == TimeSpan.Zero ? "agrees with this machine's" : FormattableString.Invariant($"{Math.Abs(ahead.TotalSeconds):0.#} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's"));
        const string remedy = "Let both keep time (timedatectl, chrony): certificates and tokens expire by the clock of who checks them. Leases do not mind, they go by the database's alone.";
        return size > Harmful ? Fail(subject, found, remedy) : size > Noticeable ? Warn(subject, found, remedy) : Ok(subject, found);
    }
}
