using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ViViT.Storage;

/// <summary>
/// "There is work in this pool", from whoever queued it to whoever waits, over LISTEN and NOTIFY. A hint only: it may be late or lost, so
/// those who wait also look for themselves.
/// </summary>
public sealed partial class QueueSignal(NpgsqlDataSource database, TimeProvider time, ILogger<QueueSignal> log) : IAsyncDisposable
{
    private const string Channel = "vivit_queue";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock starting = new();
    private Task? listening;

    public async Task Notify(string pool, CancellationToken cancellation) =>
        await database.Execute("-- QueueSignal.Notify\nselect pg_notify(@channel, @pool)", cancellation, ("channel", Channel), ("pool", pool));

    /// <summary>Completes at the next signal for the pool after this call.</summary>
    public Task Next(string pool)
    {
        lock (starting) listening ??= Listen();
        return waiting.GetOrAdd(pool, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (listening is not null) await listening;
        stop.Dispose();
    }

    private async Task Listen()
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stop.Token);
                connection.Notification += (_, notification) => Tell(notification.Payload);
                await connection.Execute($"listen {Channel}", stop.Token);
                foreach (var pool in waiting.Keys) Tell(pool); // what was said while nobody listened
                while (true) await connection.WaitAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or ObjectDisposedException)
            {
                ListeningEnded(fault.Message, Pause.TotalSeconds);
                await Task.Delay(Pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Tell(string pool)
    {
        if (waiting.TryRemove(pool, out var waiter)) waiter.TrySetResult();
    }

    [LoggerMessage(LogLevel.Debug, "Listening for queued work ended ({Problem}); trying again in {Pause} s")]
    private partial void ListeningEnded(string problem, double pause);
}
