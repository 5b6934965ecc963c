using System.Collections.Concurrent;
using System.Text;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// Writes replies on a thread of its own, in order, so that a training never waits for a pipe unless it is far ahead of its reader.
/// A member's points that pile up meanwhile share a line.
/// </summary>
internal sealed class ReplyWriter : IDisposable
{
    private const int LongestQueue = 4096;
    private const int MostPointsAtOnce = 1000;

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
                (var replies, next) = Gather(next);
                foreach (var reply in replies) output.Write(Encoding.UTF8.GetBytes(ProtocolLine.Of(reply) + "\n"));
                output.Flush();
            }
        }
        catch (IOException)
        {
            agentGone();
        }
    }

    // The points that wait already become one reply for each member; what waits behind them comes next.
    private (IReadOnlyList<TrainerReply> Replies, TrainerReply? After) Gather(TrainerReply first)
    {
        if (first is not TrainerReply.Measured measured) return ([first], null);
        Dictionary<Held, List<MetricPoint>> points = [];
        TrainerReply? next = measured;
        for (var count = 0; next is TrainerReply.Measured more; count += more.Points.Count, next = count < MostPointsAtOnce && queue.TryTake(out var waits) ? waits : null)
        {
            if (!points.TryGetValue(more.Member, out var of)) points[more.Member] = of = [];
            of.AddRange(more.Points);
        }

        return ([.. points.Select(member => new TrainerReply.Measured(member.Key, member.Value))], next);
    }
}
