using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>
/// Brings what is said about the attempts of a lease, and what their trainer writes, to the server. A courtesy: it waits for nobody, and
/// what cannot be delivered is in the worker's own log.
/// </summary>
internal sealed partial class LeaseLog : IAsyncDisposable
{
    private const int LinesPerMessage = 200;
    private static readonly TimeSpan GatherTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    private readonly ControlPlaneClient client;
    private readonly ServerLink link;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly Dictionary<Held, LogBuffer> buffers;
    private readonly HashSet<Held> ended = [];
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource closing = new();
    private readonly CancellationTokenSource over;
    private readonly Task delivery;

    /// <param name="abandon">Cancelled when the agent may wait no longer.</param>
    public LeaseLog(
        ControlPlaneClient client, ServerLink link, IEnumerable<Held> attempts, string worker, TimeProvider time, ILogger log, CancellationToken abandon)
    {
        (this.client, this.link, this.time, this.log) = (client, link, time, log);
        buffers = attempts.ToDictionary(attempt => attempt, attempt => new LogBuffer(attempt, worker));
        over = CancellationTokenSource.CreateLinkedTokenSource(abandon);
        delivery = Deliver();
    }

    /// <summary>A line about one attempt.</summary>
    public void Say(Held attempt, string text) => Add(attempt, text, important: false);

    /// <summary>A line about one attempt that is kept however much was said.</summary>
    public void SayFirst(Held attempt, string text) => Add(attempt, text, important: true);

    /// <summary>The last line about an attempt: what the process of its lease writes from now on does not concern it.</summary>
    public void SayLast(Held attempt, string text)
    {
        Add(attempt, text, important: true);
        lock (gate)
        {
            ended.Add(attempt);
        }
    }

    /// <summary>A line about all attempts that have not ended: what the process wrote that trains them as one.</summary>
    public void SayAll(string text)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var (_, buffer) in buffers.Where(one => !ended.Contains(one.Key))) buffer.Add(now, text);
        }

        wake.Writer.TryWrite(true);
    }

    /// <summary>Sends what is left, unless the server keeps it waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        wake.Writer.TryComplete();
        await closing.CancelAsync();
        over.CancelAfter(LastPatience);
        await delivery;
        over.Dispose();
        closing.Dispose();
    }

    private void Add(Held attempt, string text, bool important)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            buffers[attempt].Add(now, text, important);
        }

        wake.Writer.TryWrite(true);
    }

    private async Task Deliver()
    {
        try
        {
            while (await wake.Reader.WaitToReadAsync(over.Token))
            {
                wake.Reader.TryRead(out _);
                await Task.Delay(GatherTime, time, closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await SendAll();
            }

            await SendAll();
        }
        catch (RequestRefusedException refused)
        {
            LinesRefused(refused);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            LinesLeft();
        }
    }

    private async Task SendAll()
    {
        while (Next() is { Count: > 0 } batches)
        {
            await link.UntilAnswered(cancellation => client.Log(batches, cancellation), over.Token);
        }
    }

    private List<LogBatch> Next()
    {
        lock (gate)
        {
            List<LogBatch> batches = [];
            var left = LinesPerMessage;
            foreach (var buffer in buffers.Values.Where(buffer => !buffer.IsEmpty))
            {
                if (left == 0 || buffer.Take(left) is not { } batch) break;
                batches.Add(batch);
                left -= batch.Lines.Count;
            }

            return batches;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The server refuses the log lines of an attempt; they are only here")]
    private partial void LinesRefused(Exception exception);

    [LoggerMessage(LogLevel.Debug, "The last log lines of an attempt were not delivered; they are only here")]
    private partial void LinesLeft();
}
