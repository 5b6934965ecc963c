using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>
/// When an experiment that does worse than others ends early. Experiments are compared with those of the same sweep and the same data set,
/// at the same epoch; none ever waits for another.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StoppingSpec
{
    public required StoppingRule Rule { get; init; }

    public ObjectiveSpec Objective { get; init; } = new();

    /// <summary>Epochs that every experiment gets before it is judged.</summary>
    public int MinEpochs { get; init; } = 1;

    /// <summary>Of asha and hyperband: one of so many goes on from a milestone, and the next one is so many times as far: eta.</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>Of hyperband: brackets; each judges its experiments for the first time <c>reduction</c> times as late as the one before, the last one never.</summary>
    public int Brackets { get; init; } = 3;

    /// <summary>Of median: others that must have come as far before anything is stopped.</summary>
    public int Startup { get; init; } = 5;
}

/// <summary>The rule by which experiments end early.</summary>
public enum StoppingRule
{
    /// <summary>Judged every epoch: ends when its best value so far is worse than the median of the others' means so far (Golovin et al. 2017).</summary>
    Median,

    /// <summary>Judged at min_epochs times 1, reduction, reduction², …: ends unless among the best 1 / reduction of those that came as far (Li et al. 2020, in the form that stops).</summary>
    Asha,

    /// <summary>As asha, in brackets of different patience (Li et al. 2018).</summary>
    Hyperband,
}
