namespace ViViT.Training.Groups;

/// <summary>Tries groups of 1, 2, 4, 8, … until more members make nothing faster. Pure but for what it asks.</summary>
internal static class GroupSearch
{
    // A larger group must be so much faster, or the search ends.
    private const double Worthwhile = 1.1;

    // Of the best speed: what is as good as it.
    private const double Near = 0.95;

    // A step of so many seconds has filled the device by itself.
    private const double LongStep = 0.5;

    /// <param name="most">No larger group is tried.</param>
    /// <param name="samples">Of one member in one step.</param>
    /// <param name="fits">Whether a group of this size has the memory it needs; not asked for 1.</param>
    /// <param name="stepSeconds">How long a step of a group of this size takes; may run out of memory, which ends the search when something smaller did not.</param>
    public static GroupSizes Run(int most, int samples, Func<int, bool> fits, Func<int, double> stepSeconds)
    {
        List<int> sizes = [];
        List<double> speeds = [];
        for (var size = 1; size <= most; size = size == most ? int.MaxValue : Math.Min(size * 2, most))
        {
            if (size > 1 && !fits(size))
            {
                break;
            }

            double seconds;
            try
            {
                seconds = stepSeconds(size);
            }
            catch (Exception full) when (size > 1 && OutOfMemory.Is(full))
            {
                break;
            }

            var best = speeds.Count == 0 ? 0 : speeds.Max();
            sizes.Add(size);
            speeds.Add(size * samples / seconds);
            if (seconds >= LongStep || speeds[^1] < Worthwhile * best)
            {
                break;
            }
        }

        var near = Near * speeds.Max();
        return new GroupSizes(sizes[speeds.FindIndex(speed => speed >= near)], sizes, speeds);
    }
}
