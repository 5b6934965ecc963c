using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ViViT.Contracts.Specs;

/// <summary>The identity of a group: a hash of everything that its members must agree on.</summary>
public static class GroupKey
{
    /// <summary>
    /// Sixteen hexadecimal digits over the spec without what each member has of its own: learning rate, weight decay, schedule, label
    /// smoothing, dropout, stochastic depth, seed.
    /// </summary>
    public static string Of(ExperimentSpec spec) => Hash(Shared(spec));

    /// <summary>
    /// Sixteen hexadecimal digits over what decides how fast a step is and how much memory it takes: what members share, without the
    /// name of the data set and the length of the training.
    /// </summary>
    /// <param name="size">Voxels along each axis of the set's volumes.</param>
    public static string ShapeOf(ExperimentSpec spec, int size, int classes)
    {
        var shared = Shared(spec);
        return Hash(shared with
        {
            Data = new DataSpec { Name = FormattableString.Invariant($"{size}/{classes}") },
            Training = shared.Training with { Epochs = 0, Patience = null, LogEverySteps = 0, CheckpointEverySteps = 0, ClassWeights = ClassWeights.None },
        });
    }

    private static ExperimentSpec Shared(ExperimentSpec spec) => spec with
    {
        Seed = 0,
        Model = spec.Model with { Dropout = 0, StochasticDepth = 0 },
        Training = spec.Training with { LearningRate = 0, WeightDecay = 0, Schedule = new ScheduleSpec(), LabelSmoothing = 0 },
    };

    private static string Hash(ExperimentSpec spec)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(spec, ContractsJson.Options)));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }
}
