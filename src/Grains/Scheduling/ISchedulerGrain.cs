using Orleans.Concurrency;
using ViViT.Contracts.Wire;

namespace ViViT.Grains.Scheduling;

/// <summary>The scheduler of one pool, by the pool's name: hands out leases and takes back those that nobody renewed.</summary>
[Alias("vivit.scheduler")]
public interface ISchedulerGrain : IGrainWithStringKey
{
    /// <summary>
    /// A lease on the best queued experiment of the pool and others of its group, or null when nothing waits; or on nothing, with a shape to
    /// measure before groups of it can be formed. Answers at once; claims run side by side, since the database lets no two of them pick the same row.
    /// </summary>
    [AlwaysInterleave]
    [return: Immutable]
    Task<Lease?> Lease(string worker, [Immutable] LeaseRequest request);

    /// <summary>There is new work in the pool: tells the waiting workers, at most once per 100 ms.</summary>
    [OneWay]
    Task Wake();
}
