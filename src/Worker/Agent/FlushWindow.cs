using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>
/// Flushes that were numbered and are not yet acknowledged. A number never changes its content: it may have been stored although its
/// reply was lost, and then the repeat is acknowledged without being read. Not thread-safe.
/// </summary>
internal sealed class FlushWindow(Held attempt)
{
    private readonly List<MetricFlush> unacknowledged = [];
    private int nextSeq;

    public IReadOnlyList<MetricFlush> Unacknowledged => unacknowledged;

    /// <summary>Points in them.</summary>
    public int Points => unacknowledged.Sum(flush => flush.Chunks.Sum(chunk => chunk.Steps.Count));

    /// <summary>Puts points into a flush of their own, next in number.</summary>
    public void Seal(IReadOnlyList<MetricPoint> points, long totalSteps) =>
        unacknowledged.Add(new(attempt.Experiment, attempt.Fence, nextSeq++, points.Max(point => point.Step), totalSteps,
        [
            .. from point in points
               group point by point.Metric into metric
               select new MetricChunk(metric.Key, [.. metric.Select(point => point.Step)], [.. metric.Select(point => point.Value)]),
        ]));

    /// <summary>A flush without points, next in number: it tells where the training is and how far it goes.</summary>
    public void Announce(long step, long totalSteps) => unacknowledged.Add(new(attempt.Experiment, attempt.Fence, nextSeq++, step, totalSteps, []));

    /// <summary>Takes the server's replies to the first flushes of <see cref="Unacknowledged"/>, in order.</summary>
    /// <returns>What the last reply that could be followed says; <see cref="ReportStatus.Gap"/>: send the rest again.</returns>
    /// <exception cref="RequestRefusedException">The server misses a flush that it acknowledged before: nothing can follow it.</exception>
    public ReportStatus Acknowledge(IReadOnlyList<ReportReply> replies)
    {
        foreach (var reply in replies)
        {
            switch (reply.Status)
            {
                case ReportStatus.Gap when reply.NextSeq < unacknowledged[0].Seq:
                    throw new RequestRefusedException(
                        $"The server asks for metric flush {reply.NextSeq} of experiment {attempt.Experiment} (fence {attempt.Fence}), which it acknowledged before. Was its database set back?");
                case ReportStatus.Gap or ReportStatus.LeaseLost:
                    return reply.Status;
                default:
                    unacknowledged.RemoveAt(0);
                    break;
            }
        }

        return ReportStatus.Accepted;
    }
}
