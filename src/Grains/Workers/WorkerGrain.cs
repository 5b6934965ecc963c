using Microsoft.Extensions.Logging;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Wire;
using ViViT.Storage;

namespace ViViT.Grains.Workers;

/// <summary>Takes a worker's heartbeats one after the other, and looks whether it is to blame for what fails on it.</summary>
internal sealed partial class WorkerGrain(Storage.Workers workers, Leases leases, LeaseTiming timing, ILogger<WorkerGrain> log) : Grain, IWorkerGrain
{
    private string Name => this.GetPrimaryKeyString();

    public async Task<HeartbeatReply> Heartbeat(Heartbeat heartbeat)
    {
        var (lost, release) = await leases.Renew(Name, heartbeat.Held, timing.Term, now: null, CancellationToken.None);
        var drain = await workers.Heard(Name, heartbeat, CancellationToken.None);
        return new HeartbeatReply(lost, timing.Term.TotalSeconds, release, drain);
    }

    public async Task AttemptFailed()
    {
        try
        {
            if (CordonRule.Due(await workers.Endings(Name, CancellationToken.None)) is { } reason)
            {
                await workers.Cordon(Name, reason, by: null, CancellationToken.None);
                Cordoned(Name, reason);
            }
        }
        catch (Exception fault)
        {
            NotJudged(fault, Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Worker {Worker} is cordoned: {Reason}. `vivit worker uncordon {Worker}` lets it work again")]
    private partial void Cordoned(string worker, string reason);

    [LoggerMessage(LogLevel.Warning, "Worker {Worker}: its failures could not be looked at; they are at the next one")]
    private partial void NotJudged(Exception fault, string worker);
}
