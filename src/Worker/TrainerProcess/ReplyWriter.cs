using System.Collections.Concurrent;
using System.Text;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// Writes replies on a thread of its own, in order, so that a training never waits for a pipe unless it is far ahead of its reader.
/// Points that pile up meanwhile share a line.
/// </summary>
internal sealed class ReplyWriter : IDisposable
{
    private const int LongestQueue = 4096;
    private const int MostPointsPerLine = 1000;

    private readonly BlockingCollection<TrainerReply> queue = new(LongestQueue);
    private readonly Thread thread;

    /// <param name="agentGone">Called when nobody reads any more.</param>
    public ReplyWriter(Stream output, Action agentGone)
    {
        thread = new Thread(() => Write(output, agentGone)) { Name = "replies", IsBackground = true };
        thread.Start();
    }

    /// <summary>Queues a reply; waits when the queue is full.</summary>
    public void Tell(TrainerReply reply) => queue.Add(reply);

    /// <summary>Returns when everything told is written.</summary>
    public void Dispose()
    {
        queue.CompleteAdding();
        thread.Join();
        queue.Dispose();
    }

    private void Write(Stream output, Action agentGone)
    {
        try
        {
            TrainerReply? next = null;
            while (next is not null || queue.TryTake(out next, Timeout.Infinite))
            {
                var (reply, after) = Gather(next);
                output.Write(Encoding.UTF8.GetBytes(ProtocolLine.Of(reply) + "\n"));
                output.Flush();
                next = after;
            }
        }
        catch (IOException)
        {
            agentGone();
        }
    }

    // The points that wait already become one reply; what waits behind them comes next.
    private (TrainerReply Reply, TrainerReply? After) Gather(TrainerReply first)
    {
        if (first is not TrainerReply.Measured measured) return (first, null);
        List<MetricPoint> points = [.. measured.Points];
        while (points.Count < MostPointsPerLine && queue.TryTake(out var next))
        {
            if (next is not TrainerReply.Measured more) return (new TrainerReply.Measured(points), next);
            points.AddRange(more.Points);
        }

        return (new TrainerReply.Measured(points), null);
    }
}
