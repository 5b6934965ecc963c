namespace ViViT.Worker.Telemetry;

/// <summary>What the agent answers to whoever asks how it is: never a question to the server.</summary>
internal sealed class AgentHealth(TimeProvider time)
{
    private volatile bool registered;
    private volatile bool closing;

    public Watchdog Watchdog { get; } = new(time);

    public bool IsRegistered => registered;

    /// <summary>The server knows this worker.</summary>
    public void Register() => registered = true;

    /// <summary>It takes no more work and ends.</summary>
    public void Close() => closing = true;

    /// <summary>What stands still; null when it lives.</summary>
    public string? WhyDead() => Watchdog.Stuck() is { Count: > 0 } stuck ? $"standing still: {string.Join(", ", stuck)}" : null;

    /// <summary>Why it takes no work; null when it does.</summary>
    public string? WhyUnready() => closing ? "draining" : registered ? null : "not registered with the server yet";
}
