namespace ViViT.Worker.Agent;

/// <summary>
/// Decides that a trainer hangs. Time is counted in ticks of the agent's own making rather than read from a clock: an agent that was stopped,
/// or that starves together with its trainer, counts no ticks meanwhile, and does not blame the trainer for its own absence.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class StallClock
{
    /// <summary>Ticks of the least silence that is a hang: the agent makes one tick in this part of it.</summary>
    public const int Ticks = 20;

    // Signs come about once a second; a silence of so many times the longest one so far is out of all proportion.
    private const int Disproportion = 20;
    private const int TimesForLoading = 10;

    private readonly Lock gate = new();
    private bool trains;
    private int silent;
    private int longest;

    /// <summary>Ticks since the last sign.</summary>
    public int Silent
    {
        get
        {
            lock (gate)
            {
                return silent;
            }
        }
    }

    /// <summary>Ticks between two signs of a training, at most so far.</summary>
    public int Longest
    {
        get
        {
            lock (gate)
            {
                return longest;
            }
        }
    }

    /// <summary>The trainer said something.</summary>
    /// <param name="steps">It has done a step: from now on silence is measured against its steps.</param>
    public void Sign(bool steps)
    {
        lock (gate)
        {
            if (trains) longest = Math.Max(longest, silent);
            trains |= steps;
            silent = 0;
        }
    }

    /// <summary>A tick has passed.</summary>
    /// <returns>Whether the trainer hangs.</returns>
    public bool Tick()
    {
        lock (gate)
        {
            silent++;
            return silent > (trains ? Math.Max(Ticks, Disproportion * longest) : TimesForLoading * Ticks);
        }
    }
}
