using ViViT.Contracts.Wire;
using ViViT.Grains.Scheduling;
using ViViT.Storage;

namespace ViViT.Silo.Api;

/// <summary>
/// A worker's wait for work: asks the pool's scheduler, then waits for the pool's signal and asks again. The signal may be lost (it is
/// only a hint), so it asks every second anyway. Ends at once when the silo stops or the client is gone; a lease granted to a client that
/// vanished meanwhile expires like any other.
/// </summary>
internal sealed class LongPoll(IGrainFactory grains, QueueSignal signal, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    /// <returns>Null: there was no work within the wait, or the silo stops.</returns>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task<Lease?> Lease(string worker, LeaseRequest request, CancellationToken clientGone)
    {
        var scheduler = grains.GetGrain<ISchedulerGrain>(request.Pool);
        var wait = TimeSpan.FromSeconds(Math.Clamp(request.WaitSeconds, 0, LongestWait.TotalSeconds));
        var started = time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientGone, lifetime.ApplicationStopping);
        while (true)
        {
            clientGone.ThrowIfCancellationRequested();
            var news = signal.Next(request.Pool); // taken before asking: work that comes while we ask is not missed
            if (await scheduler.Lease(worker, request) is { } lease)
            {
                return lease;
            }

            var left = wait - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return null;
            }

            await Task.WhenAny(news, Task.Delay(left < AskEvery ? left : AskEvery, time, end.Token));
        }
    }
}
