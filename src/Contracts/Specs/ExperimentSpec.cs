using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>One fully specified training: what a sweep's cell expands to and what a trainer executes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExperimentSpec
{
    public required DataSpec Data { get; init; }

    public ModelSpec Model { get; init; } = new();

    public TrainingSpec Training { get; init; } = new();

    /// <summary>Seeds every named random generator of the experiment: initialisation, data order, dropout, augmentation.</summary>
    public int Seed { get; init; }
}

/// <summary>Which volumes are learnt from.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DataSpec
{
    /// <summary>A data set of the catalogue: <c>vivit data list</c> shows all.</summary>
    public required string Name { get; init; }

    /// <summary>At most this many samples of each split, drawn by a shuffle with a fixed seed (some sets are sorted by class); all when null.</summary>
    public int? Limit { get; init; }
}
