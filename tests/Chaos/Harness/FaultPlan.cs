namespace ViViT.Chaos;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    KillTrainer,
    KillAgent,
    KillSilo,

    /// <summary>Stands still for a while, then goes on as if nothing had been.</summary>
    FreezeTrainer,
    FreezeAgent,
    FreezeSilo,

    /// <summary>Asked to end, as at a shutdown, and started again.</summary>
    StopAgent,
    StopSilo,

    CutWorkerLink,
    HangWorkerLink,
    DeafenWorkerLink,
    SlowWorkerLink,

    CutDatabaseLink,
    StallDatabaseLink,
    EndDatabaseSessions,
    RestartDatabase,
    CrashDatabase,
}

/// <param name="After">Least time since the fault before it began; that one may last still.</param>
/// <param name="Victim">Which agent, its trainer or its link.</param>
/// <param name="Time">How long it lasts, where it lasts.</param>
internal sealed record Fault(FaultKind Kind, TimeSpan After, int Victim, TimeSpan Time)
{
    public override string ToString() => FormattableString.Invariant($"{Kind} {Victim} {Time.TotalSeconds:0.0} s");
}

/// <summary>Faults in their order: a function of the seed.</summary>
internal sealed record FaultPlan(int Seed, IReadOnlyList<Fault> Faults)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // Those that cost attempts are the most frequent.
    private static readonly FaultKind[] Deck = [.. Enum.GetValues<FaultKind>(), FaultKind.KillTrainer, FaultKind.KillAgent, FaultKind.FreezeAgent];

    /// <summary>
    /// Starts with the death of a trainer, which hits running work for sure; then every kind comes before any comes again. What lasts does so
    /// for up to two lease terms.
    /// </summary>
    public static FaultPlan Of(int seed, int faults)
    {
        var random = new Random(seed);
        List<FaultKind> kinds = [FaultKind.KillTrainer];
        while (kinds.Count < faults)
        {
            var deck = Deck.ToArray();
            random.Shuffle(deck);
            kinds.AddRange(deck);
        }

        return new(seed, [.. kinds.Take(faults).Select(kind => new Fault(
            kind, Between(ShortestPause, LongestPause), random.Next(Cluster.AgentCount), Between(Cluster.LeaseTerm * 0.4, Cluster.LeaseTerm * 2)))]);

        TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * random.NextDouble());
    }
}
