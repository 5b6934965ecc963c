using TorchSharp;
using ViViT.Models;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using ViViT.Training.Optimisers;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>What one member of a group has of its own.</summary>
/// <param name="Seed">Of its initialisation, data order and dropout.</param>
public sealed record LearnerMember(int Seed, double LearningRate);

/// <summary>K models that learn as one: weights, optimiser and the loss since it was last read. It does single steps; a trainer decides which.</summary>
public sealed class Learner : IDisposable
{
    private readonly IReadOnlyList<LearnerMember> members;
    private readonly double dropout;

    /// <param name="dropout">Probability of dropping an attention weight.</param>
    public Learner(VideoTransformer model, IReadOnlyList<LearnerMember> members, double dropout, Device device)
    {
        Model = model;
        this.members = members;
        this.dropout = dropout;
        Parameters = new FlatParameters(model.Layout, members.Count, device, withGradients: true);
        for (var member = 0; member < members.Count; member++)
        {
            Parameters.Initialise(member, members[member].Seed);
        }

        Optimiser = new FlatAdam(Parameters, [.. members.Select(member => member.LearningRate)]);
        LossSum = zeros([members.Count], ScalarType.Float32, device).DetachFromDisposeScope();
    }

    public VideoTransformer Model { get; }

    public FlatParameters Parameters { get; }

    public FlatAdam Optimiser { get; }

    /// <summary>[K], on the device: the batches' mean losses, summed until somebody zeroes them.</summary>
    public Tensor LossSum { get; }

    /// <summary>One optimiser step on the mean cross-entropy of each member's batch. Nothing waits for the device.</summary>
    /// <param name="step">Number of this step, from 1. Dropout draws from the sequence <c>dropout</c> with this index.</param>
    /// <param name="patches_KNBV">uint8.</param>
    /// <param name="labels_KB">int64.</param>
    public void Step(long step, Tensor patches_KNBV, Tensor labels_KB)
    {
        using var scope = NewDisposeScope();
        var masks = dropout > 0 ? new AttentionDropout(dropout, [.. members.Select(member => RandomSequence.Of(member.Seed, "dropout", step))]) : null;

        var logits_KBC = Model.Forward(Parameters, patches_KNBV, masks);
        var losses_K = nn.functional.cross_entropy(logits_KBC.flatten(0, 1), labels_KB.flatten(), reduction: nn.Reduction.None).view(labels_KB.shape).mean([1]);
        losses_K.sum().backward();
        Optimiser.Step(step);

        using var grad = no_grad();
        LossSum.add_(losses_K);
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        Parameters.Dispose();
        LossSum.Dispose();
    }
}
