using ViViT.Contracts.Wire;

namespace ViViT.Bench.Orchestrator;

/// <summary>The metrics of one attempt, message by message: losses that fall, as single precision has them.</summary>
internal sealed class PointStream(Held held, int metrics)
{
    /// <summary>Of a message, as many as a worker sends at once.</summary>
    public const int Flushes = 20;

    /// <summary>Of a chunk.</summary>
    public const int Points = 50;

    private int nextSeq;

    public Held Held { get; } = held;

    public int Metrics { get; } = metrics;

    /// <summary>Points of all messages so far.</summary>
    public long Sent => (long)nextSeq * Metrics * Points;

    /// <summary>The latest message.</summary>
    public byte[] Last { get; private set; } = [];

    /// <summary>The next messages, made before they are sent: they come from other machines.</summary>
    public IReadOnlyList<byte[]> Messages(int count) => [.. Enumerable.Range(0, count).Select(_ => Last = Api.Body<MetricFlush[]>([.. Enumerable.Range(0, Flushes).Select(_ => Flush(nextSeq++))]))];

    public static double Value(int metric, long step) => (float)((metric + 1) / Math.Sqrt(step + 1));

    private MetricFlush Flush(int seq)
    {
        var steps = Enumerable.Range(0, Points).Select(point => ((long)seq * Points) + point).ToArray();
        return new(Held.Experiment, Held.Fence, seq, steps[^1], 1_000_000, [.. Enumerable.Range(0, Metrics).Select(metric => new MetricChunk($"bench/{metric}", steps, [.. steps.Select(step => Value(metric, step))]))]);
    }
}
