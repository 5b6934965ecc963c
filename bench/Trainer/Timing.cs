using System.Diagnostics;

namespace ViViT.Bench.Trainer;

/// <summary>Medians of repeated calls.</summary>
internal static class Timing
{
    /// <returns>The median in milliseconds.</returns>
    public static double Median(int repeats, Action action)
    {
        var times = new double[repeats];
        for (var i = 0; i < repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[repeats / 2];
    }
}
