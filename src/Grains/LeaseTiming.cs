namespace ViViT.Grains;

/// <summary>
/// How long leases live and how often they are looked after. A worker renews three times a term; the scheduler looks for expired leases
/// five times a term, but at least every second. Only the database's clock decides what is expired.
/// </summary>
/// <param name="Term">How long a lease lives without a heartbeat.</param>
public sealed record LeaseTiming(TimeSpan Term)
{
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(1);

    /// <summary>Between two searches for expired leases.</summary>
    public TimeSpan ReclaimPeriod => Term / 5 < Slowest ? Term / 5 : Slowest;
}
