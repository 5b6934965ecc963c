using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using ViViT.Worker.Telemetry;

namespace ViViT.Worker.Agent;

/// <summary>
/// Patience towards the server, in one place: asks again with growing, jittered pauses until it answers. Says once when the server goes
/// and once when it is back.
/// </summary>
internal sealed partial class ServerLink(Uri server, WorkerMetrics metrics, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // However long the server wants to be left alone: leases wait to be renewed.
    private static readonly TimeSpan LongestWanted = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private long awaySince;
    private bool away;

    /// <summary>Asks until the server answers.</summary>
    /// <exception cref="RequestRefusedException">That was the answer.</exception>
    public async Task<T> UntilAnswered<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var answer = await ask(cancellation);
                Back();
                return answer;
            }
            catch (RequestRefusedException)
            {
                Back();
                throw;
            }
            catch (ServerUnreachableException unreachable)
            {
                Gone(unreachable);
                if (unreachable.RetryAfter is { } wanted) await Task.Delay(wanted < LongestWanted ? wanted : LongestWanted, time, cancellation);
                await Pause(pause, cancellation);
            }
        }
    }

    /// <summary>Waits between half the time and all of it.</summary>
    public Task Pause(TimeSpan atMost, CancellationToken cancellation) =>
        Task.Delay(atMost * (0.5 + RandomNumberGenerator.GetInt32(500) / 1000.0), time, cancellation);

    private void Gone(ServerUnreachableException why)
    {
        metrics.Reached(false);
        lock (gate)
        {
            if (away) return;
            (away, awaySince) = (true, time.GetTimestamp());
            ServerGone(server, why.Message);
        }
    }

    private void Back()
    {
        metrics.Reached(true);
        if (!Volatile.Read(ref away)) return;
        lock (gate)
        {
            if (!away) return;
            away = false;
            ServerBack(server, time.GetElapsedTime(awaySince).TotalSeconds);
        }
    }
}
