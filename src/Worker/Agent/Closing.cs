namespace ViViT.Worker.Agent;

/// <summary>The end of the agent: that it has begun, and why.</summary>
internal sealed class Closing : IDisposable
{
    private readonly CancellationTokenSource begun = new();
    private string? why;

    /// <summary>Cancelled when the agent is to end.</summary>
    public CancellationToken Begun => begun.Token;

    /// <summary>What became of the worker, for the reason of what it hands back: <c>stopped</c>, <c>was drained</c>.</summary>
    public string Why => Volatile.Read(ref why) ?? "stopped";

    /// <summary>The first reason stays.</summary>
    /// <returns>Whether this was the first time.</returns>
    public bool Begin(string why)
    {
        if (Interlocked.CompareExchange(ref this.why, why, null) is not null) return false;
        begun.Cancel();
        return true;
    }

    public void Dispose() => begun.Dispose();
}
