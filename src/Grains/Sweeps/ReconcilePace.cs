namespace ViViT.Grains.Sweeps;

/// <summary>
/// How long to gather news before the next look at the database: a blink for a small sweep, thirty times what a look costs for a huge
/// one, so that counting takes at most a thirtieth of the time.
/// </summary>
internal sealed class ReconcilePace(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan lastCost;

    public TimeSpan Delay => TimeSpan.FromTicks(Math.Clamp(30 * lastCost.Ticks, Shortest.Ticks, Longest.Ticks));

    /// <summary>Takes the time until it is disposed as the cost of one look.</summary>
    public IDisposable Measure() => new Measured(this, time.GetTimestamp());

    private sealed class Measured(ReconcilePace pace, long start) : IDisposable
    {
        public void Dispose() => pace.lastCost = pace.Since(start);
    }

    private TimeSpan Since(long start) => time.GetElapsedTime(start);
}
