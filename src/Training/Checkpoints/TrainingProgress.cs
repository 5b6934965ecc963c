using ViViT.Contracts.Specs;
using ViViT.Training.Schedules;

namespace ViViT.Training.Checkpoints;

/// <summary>
/// Where a training stands, beside its numbers: state.json of a checkpoint. Every random draw is a function of the seed, the
/// generator's name and the step or epoch (<see cref="Models.RandomSequence"/>), so the step stands for the state of all generators, for
/// the epoch, its order of samples and the place in it.
/// </summary>
internal sealed record TrainingProgress
{
    public required ExperimentSpec Spec { get; init; }

    /// <summary>Optimiser steps done.</summary>
    public long Step { get; init; }

    /// <summary>Null before the first validation.</summary>
    public BestValidation? Best { get; init; }

    /// <summary>Validations since the best one.</summary>
    public int ValidationsSinceBest { get; init; }

    /// <summary>What the plateau schedule has seen.</summary>
    public Plateau Plateau { get; init; } = Plateau.Start;

    /// <summary>The test split was evaluated and told: nothing is left to do.</summary>
    public bool Finished { get; init; }
}

/// <summary>The validation whose weights are kept.</summary>
/// <param name="Auc">Null where it is undefined.</param>
internal sealed record BestValidation(long Step, double? Auc, double Loss)
{
    /// <summary>By AUC; at equal AUC, and where it is undefined, by loss.</summary>
    public bool IsBeatenBy(double? auc, double loss)
    {
        var order = Nullable.Compare(auc, Auc);
        return order > 0 || (order == 0 && loss < Loss);
    }
}
