using Orleans.Concurrency;
using ViViT.Contracts.Wire;

namespace ViViT.Grains.Workers;

/// <summary>One incarnation of a worker, by its name.</summary>
[Alias("vivit.worker")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Notes that the worker lives and renews the leases that it holds.</summary>
    [return: Immutable]
    Task<HeartbeatReply> Heartbeat([Immutable] Heartbeat heartbeat);

    /// <summary>An attempt on it failed for a reason of the infrastructure: is the worker to blame?</summary>
    [OneWay]
    Task AttemptFailed();
}
