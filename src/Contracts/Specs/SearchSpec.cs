using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>A space of settings, and how points of it are chosen.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SearchSpec
{
    public required SearchMethod Method { get; init; }

    /// <summary>How many points of the space are tried; with <c>seeds</c> each point is as many experiments.</summary>
    public required int Experiments { get; init; }

    /// <summary>Decides every random draw of the search: the same seed and results give the same points.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// The settings to vary: a dotted path into the experiment (<c>training.learning_rate</c>) and either <c>min</c> and <c>max</c>, with
    /// <c>scale</c> and <c>integer</c>, or <c>values</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, DimensionSpec> Space { get; init; }

    public ObjectiveSpec Objective { get; init; } = new();

    /// <summary>Of tpe: points spread evenly over the space before results are looked at.</summary>
    public int Startup { get; init; } = 10;

    /// <summary>Of tpe: draws of each setting, of which the most promising is taken.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>Of tpe: at most so many points being tried at once; fewer learn more from each other, more end sooner.</summary>
    public int Parallel { get; init; } = 4;
}

/// <summary>How a search chooses its points.</summary>
public enum SearchMethod
{
    /// <summary>Each point on its own, uniformly over the space.</summary>
    Random,

    /// <summary>A scrambled Sobol sequence, which fills the space more evenly than chance (Joe and Kuo 2008, Owen 1995).</summary>
    Sobol,

    /// <summary>Tree-structured Parzen estimator: where earlier results were good, more points are tried (Bergstra et al. 2011).</summary>
    Tpe,
}

/// <summary>The values that one setting may take: a range, or a list.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DimensionSpec
{
    /// <summary>The smallest value of a range.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value of a range.</summary>
    public double? Max { get; init; }

    public Scale Scale { get; init; } = Scale.Linear;

    /// <summary>Whether only whole numbers of the range count; always so for a setting that is a whole number.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is the word of sweep files.")]
    public bool Integer { get; init; }

    /// <summary>The values of a list, in no particular order; instead of a range.</summary>
    public IReadOnlyList<JsonElement>? Values { get; init; }
}

/// <summary>Along what a range is even.</summary>
public enum Scale
{
    /// <summary>The value.</summary>
    Linear,

    /// <summary>The logarithm of the value, as suits learning rates and weight decays.</summary>
    Log,
}
