using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Agent;

/// <summary>
/// What one attempt has to tell the server and has not yet put into a message, in the order in which it must arrive: points, the
/// checkpoint that follows them, later points, the outcome. Not thread-safe; reads no clock.
/// </summary>
/// <remarks>
/// Bounded, however long the server is away. Only the newest checkpoint waits: one that is overtaken before it was sent is not worth
/// resuming from. When more than <paramref name="limit"/> points wait, every second one of each metric is dropped, from the newest
/// backwards so that the last value stays, and counted in <see cref="Dropped"/>: a long outage coarsens curves, it never loses their course.
/// </remarks>
internal sealed class EffectBuffer(int limit)
{
    private readonly List<MetricPoint> after = [];
    private List<MetricPoint> points = [];

    /// <summary>Points that wait before the checkpoint, or before the outcome when no checkpoint waits.</summary>
    public int WaitingPoints => points.Count;

    /// <summary>Points that wait, before a checkpoint or behind it.</summary>
    public int AllPoints => points.Count + after.Count;

    /// <summary>Something waits behind the points, so they should go now.</summary>
    public bool Urgent => Checkpoint is not null || Outcome is not null;

    /// <summary>Waits behind the points.</summary>
    public CheckpointManifest? Checkpoint { get; private set; }

    /// <summary>Waits behind everything.</summary>
    public AttemptOutcome? Outcome { get; private set; }

    /// <summary>Points dropped so far because too many waited.</summary>
    public long Dropped { get; private set; }

    public void Add(IEnumerable<MetricPoint> measured)
    {
        (Checkpoint is null ? points : after).AddRange(measured);
        if (points.Count + after.Count > limit) Coarsen();
    }

    public void Add(CheckpointManifest checkpoint)
    {
        points.AddRange(after);
        after.Clear();
        Checkpoint = checkpoint;
    }

    public void End(AttemptOutcome outcome) => Outcome = outcome;

    /// <summary>Takes the next points, oldest first.</summary>
    public IReadOnlyList<MetricPoint> TakePoints(int most)
    {
        var taken = points[..Math.Min(most, points.Count)];
        points.RemoveRange(0, taken.Count);
        return taken;
    }

    /// <summary>Takes the checkpoint; no point may wait before it.</summary>
    public CheckpointManifest TakeCheckpoint()
    {
        if (points.Count > 0 || Checkpoint is not { } taken) throw new InvalidOperationException("Points go before the checkpoint that covers them.");
        Checkpoint = null;
        points = [.. after];
        after.Clear();
        return taken;
    }

    private void Coarsen()
    {
        var before = points.Count + after.Count;
        Dictionary<string, int> seen = [];
        for (var list = after; ; list = points)
        {
            List<MetricPoint> kept = [];
            for (var i = list.Count - 1; i >= 0; i--)
            {
                var fromTheEnd = seen[list[i].Metric] = seen.GetValueOrDefault(list[i].Metric, -1) + 1;
                if (fromTheEnd % 2 == 0) kept.Add(list[i]);
            }

            kept.Reverse();
            list.Clear();
            list.AddRange(kept);
            if (list == points) break;
        }

        Dropped += before - points.Count - after.Count;
    }
}
