using System.Diagnostics;

namespace ViViT.Bench.Orchestrator;

/// <summary>Times of repeated calls, in milliseconds.</summary>
internal static class Timing
{
    public static async Task<double> Once(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static async Task<IReadOnlyList<double>> Repeat(int repeats, Func<Task> action)
    {
        var times = new List<double>();
        while (times.Count < repeats) times.Add(await Once(action));
        return times;
    }

    public static double Median(this IEnumerable<double> values) => values.Quantile(0.5);

    public static double Quantile(this IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)(share * (sorted.Count - 1) + 0.5)];
    }
}
