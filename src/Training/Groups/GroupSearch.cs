namespace ViViT.Training.Groups;

/// <summary>Tries groups of 1, 2, 4, 8, … until more members make nothing faster. Pure but for what it asks.</summary>
internal static class GroupSearch
{
    // A larger group must be so much faster than every smaller one to be worth it: it takes a slot for longer, and measurements are noisy.
    private const double Worthwhile = 1.1;

    // A step of so many seconds has filled the device by itself.
    private const double LongStep = 0.5;

    /// <param name="most">No larger group is tried.</param>
    /// <param name="samples">Of one member in one step.</param>
    /// <param name="fits">Whether a group of this size has the memory it needs; not asked for 1.</param>
    /// <param name="stepSeconds">How long a step of a group of this size takes; may run out of memory, which ends the search when something smaller did not.</param>
    public static GroupSizes Run(int most, int samples, Func<int, bool> fits, Func<int, double> stepSeconds)
    {
        var best = (Size: 1, Speed: 0.0);
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

            var speed = size * samples / seconds;
            sizes.Add(size);
            speeds.Add(speed);
            if (speed < Worthwhile * best.Speed || (size > 1 && speed < Worthwhile * best.Size * samples / stepSeconds(best.Size)))
            {
                // Not clearly faster than the smaller one; or not when that gets a second chance, in case something else slowed its first.
                break;
            }

            best = (size, speed);
            if (seconds >= LongStep)
            {
                break;
            }
        }

        return new GroupSizes(best.Size, sizes, speeds);
    }
}
