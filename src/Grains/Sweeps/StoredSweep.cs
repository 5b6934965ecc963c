using ViViT.Contracts.Sweeps;

namespace ViViT.Grains.Sweeps;

/// <summary>What the grain reads and writes in one go: the sweep and, on the way in, what led to its state.</summary>
[GenerateSerializer, Alias("vivit.stored-sweep")]
internal sealed record StoredSweep
{
    [Id(0)]
    public Sweep Sweep { get; init; } = new();

    /// <summary>Write-only: it rests in the event that tells of the change.</summary>
    [Id(1)]
    public string Why { get; init; } = "";

    /// <summary>Write-only: who wanted it; null when the sweep came to it by itself.</summary>
    [Id(2)]
    public string? By { get; init; }
}
