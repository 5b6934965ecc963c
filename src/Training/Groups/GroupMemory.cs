using ViViT.Contracts.Specs;
using ViViT.Models;

namespace ViViT.Training.Groups;

/// <summary>What a member of a group needs in memory, by arithmetic that errs upwards.</summary>
internal static class GroupMemory
{
    /// <summary>Bytes of one member: its numbers, and what a step keeps for the backward pass.</summary>
    /// <param name="mixed">Matrix products are in bfloat16.</param>
    public static long BytesPerMember(ExperimentSpec spec, VideoTransformer model, bool mixed) =>
        (model.Layout.Count * BytesPerParameter(spec.Training, mixed)) + Activations(spec, model);

    // Weights, gradients, the best weights, the optimiser's moments, the average: float32; bfloat16 copies of the weights and their gradients.
    private static long BytesPerParameter(TrainingSpec training, bool mixed)
    {
        var moments = training.Optimiser == Optimiser.Sgd ? 1 : 2;
        var average = training.WeightAverage is null ? 0 : 1;
        return (4 * (3 + moments + average)) + (mixed ? 4 : 0);
    }

    // B samples of N tokens (one more for a class token), width D, r times that in the MLP, H heads. A block keeps about: two norms in and
    // out (4 D), queries, keys, values (3 D), attention before and after its projection (2 D), the sum (D), the MLP's hidden layer before
    // and after its activation (2 r D) and the attention weights before and after softmax and dropout (3 H N). As much again passes through.
    private static long Activations(ExperimentSpec spec, VideoTransformer model)
    {
        var (tokens, width) = (model.Grid.Tokens + 1, (long)spec.Model.Width);
        var layers = spec.Model.Layers + (spec.Model.Encoder == EncoderKind.FactorisedEncoder ? spec.Model.TemporalLayers : 0);
        var block = (10 * width) + (2 * spec.Model.MlpRatio * width) + (3 * spec.Model.Heads * tokens);
        var row = (2 * layers * block) + (2 * model.Grid.Voxels);
        return 4 * spec.Training.BatchSize * tokens * row;
    }
}
