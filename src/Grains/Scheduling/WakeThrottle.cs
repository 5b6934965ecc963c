namespace ViViT.Grains.Scheduling;

/// <summary>Lets a signal through at once, and those that follow within the interval together at its end.</summary>
internal sealed class WakeThrottle(TimeSpan interval)
{
    private TimeSpan? last;
    private bool planned;

    /// <summary>A signal at that time (of any clock that only rises).</summary>
    /// <returns>How long to wait before letting it through; null when one that waits already speaks for it.</returns>
    public TimeSpan? Ask(TimeSpan now)
    {
        if (planned)
        {
            return null;
        }

        if (last is not { } before || now - before >= interval)
        {
            last = now;
            return TimeSpan.Zero;
        }

        planned = true;
        return before + interval - now;
    }

    /// <summary>The signal that waited is let through.</summary>
    public void Release(TimeSpan now)
    {
        planned = false;
        last = now;
    }
}
