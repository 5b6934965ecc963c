using ViViT.Contracts.Experiments;

namespace ViViT.Grains.Experiments;

/// <summary>What the grain reads and writes in one go: the experiment and, on the way in, how its attempt ended.</summary>
[GenerateSerializer, Alias("vivit.stored-experiment")]
internal sealed record StoredExperiment
{
    [Id(0)]
    public Experiment Experiment { get; init; } = new();

    /// <summary>Null when no attempt ended. Write-only: it rests in the attempt's row.</summary>
    [Id(1)]
    public AttemptEnding? Ending { get; init; }

    /// <summary>Write-only: who wanted it; null when it came to it by itself.</summary>
    [Id(2)]
    public string? By { get; init; }
}
