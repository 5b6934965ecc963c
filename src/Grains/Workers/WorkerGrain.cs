using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Grains.Workers;

/// <summary>Takes a worker's heartbeats one after the other.</summary>
internal sealed class WorkerGrain(Storage.Workers workers, Leases leases, LeaseTiming timing) : Grain, IWorkerGrain
{
    public async Task<HeartbeatReply> Heartbeat(Heartbeat heartbeat)
    {
        var name = this.GetPrimaryKeyString();
        var lost = await leases.Renew(name, heartbeat.Held, timing.Term, now: null, CancellationToken.None);
        await workers.Heard(name, heartbeat, CancellationToken.None);
        return new HeartbeatReply(lost, timing.Term.TotalSeconds);
    }
}
