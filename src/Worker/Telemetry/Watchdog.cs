using System.Collections.Concurrent;

namespace ViViT.Worker.Telemetry;

/// <summary>Knows whether the agent's loops turn. That the server or a trainer keeps one waiting is no standstill.</summary>
internal sealed class Watchdog(TimeProvider time)
{
    // Beyond what a loop promised: a starved machine is slow, not stuck.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Pulse> pulses = [];

    /// <summary>The loop of that name, which rests until its first beat.</summary>
    public Pulse Of(string loop) => pulses.GetOrAdd(loop, _ => new(time));

    /// <summary>The loops that stand still.</summary>
    public IReadOnlyList<string> Stuck() => [.. pulses.Where(one => one.Value.IsLate(Slack)).Select(one => one.Key).Order(StringComparer.Ordinal)];
}

/// <summary>Of one loop. Safe for concurrent use.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private readonly Lock gate = new();
    private long beat;
    private TimeSpan? promised;

    /// <summary>It turns, and will beat or rest again within so long.</summary>
    public void Beat(TimeSpan next)
    {
        lock (gate)
        {
            (beat, promised) = (time.GetTimestamp(), next);
        }
    }

    /// <summary>It has ended, or waits for as long as it takes.</summary>
    public void Rest()
    {
        lock (gate)
        {
            promised = null;
        }
    }

    public bool IsLate(TimeSpan slack)
    {
        lock (gate)
        {
            return promised is { } within && time.GetElapsedTime(beat) > within + slack;
        }
    }
}
