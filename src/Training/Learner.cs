using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using ViViT.Training.Augmentation;
using ViViT.Training.Losses;
using ViViT.Training.Optimisers;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// K models that learn as one: weights, their average, optimiser and the loss since it was last read. It does single steps; a trainer
/// decides which. Nothing in a step waits for the device.
/// </summary>
public sealed class Learner : IDisposable
{
    private readonly MemberNoise[] noise;
    private readonly double[] constantRates;
    private readonly GroupLoss loss;
    private readonly TrainingSpec shared;
    private readonly int atOnce;

    /// <param name="members">One per member; they agree in everything that <see cref="GroupKey"/> covers.</param>
    /// <param name="classWeights">See <see cref="GroupLoss"/>.</param>
    /// <param name="accumulate">
    /// Pieces that a batch is computed in, one after the other, so that less memory is needed; their gradients are summed before the step. More
    /// of them than samples are as many as samples. The step is that of the whole batch but for rounding.
    /// </param>
    public Learner(VideoTransformer model, IReadOnlyList<ExperimentSpec> members, Device device, double[]? classWeights = null, int accumulate = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulate, 1);
        Model = model;
        shared = members[0].Training;
        atOnce = accumulate == 1 ? int.MaxValue : (shared.BatchSize + accumulate - 1) / accumulate;
        noise = [.. members.Select(member => new MemberNoise(member.Model.Dropout, member.Model.StochasticDepth, member.Seed))];
        constantRates = [.. members.Select(member => member.Training.LearningRate)];
        loss = new GroupLoss([.. members.Select(member => member.Training.LabelSmoothing)], model.Classes, classWeights, device);

        IsMixed = DevicePrecision.IsMixed(shared.Precision, device);
        Parameters = new FlatParameters(model.Layout, members.Count, device, withGradients: true, IsMixed);
        for (var member = 0; member < members.Count; member++)
        {
            Parameters.Initialise(member, members[member].Seed);
        }

        Optimiser = FlatOptimiser.Create(Parameters, [.. members.Select(member => member.Training)]);
        LossSum = zeros([members.Count], ScalarType.Float32, device).DetachFromDisposeScope();
        if (shared.WeightAverage is not null)
        {
            Average = new FlatParameters(model.Layout, members.Count, device, withGradients: false, IsMixed);
            using var grad = no_grad();
            Average.Values.copy_(Parameters.Values);
        }
    }

    public VideoTransformer Model { get; }

    /// <summary>Whether matrix products are in bfloat16.</summary>
    public bool IsMixed { get; }

    public FlatParameters Parameters { get; }

    /// <summary>The moving average of the weights, where the spec asks for one.</summary>
    public FlatParameters? Average { get; }

    public FlatOptimiser Optimiser { get; }

    /// <summary>[K], on the device: the batches' losses, summed until somebody zeroes them.</summary>
    public Tensor LossSum { get; }

    /// <summary>One optimiser step on each member's batch.</summary>
    /// <param name="step">Number of this step, from 1: dropout and stochastic depth draw from sequences with this index.</param>
    /// <param name="patches_KNBV">uint8, or float32 in [0, 1].</param>
    /// <param name="labels_KB">int64.</param>
    /// <param name="rates">Each member's learning rate at this step; its spec's when null.</param>
    /// <param name="mixed">How the samples of the batch were mixed; null when they were not.</param>
    /// <returns>Class scores before the update, [K, B, C], without a gradient; the caller's scope owns them.</returns>
    public Tensor Step(long step, Tensor patches_KNBV, Tensor labels_KB, IReadOnlyList<double>? rates = null, MixedPairs? mixed = null)
    {
        using var scope = NewDisposeScope();
        var logits_KBC = Backward(step, patches_KNBV, labels_KB, mixed);

        using var grad = no_grad();
        if (shared.ClipNorm is { } norm)
        {
            GradientClip.Apply(Parameters, norm);
        }

        Optimiser.Step(step, rates ?? constantRates);
        Parameters.Refresh();
        if (Average is not null)
        {
            UpdateAverage(Average, step, shared.WeightAverage!.Value);
        }

        return logits_KBC.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        Parameters.Dispose();
        Average?.Dispose();
        loss.Dispose();
        LossSum.Dispose();
    }

    // Adds the gradients and losses of the whole batch; what one piece kept for its backward pass is gone before the next begins.
    private Tensor Backward(long step, Tensor patches_KNBV, Tensor labels_KB, MixedPairs? mixed)
    {
        var batch = (int)patches_KNBV.shape[2];
        if (batch <= atOnce)
        {
            return Backward(ModelNoise.For(noise, step), patches_KNBV, labels_KB, mixed, start: 0);
        }

        var pieces = new List<Tensor>();
        for (var start = 0; start < batch; start += atOnce)
        {
            using var piece = NewDisposeScope();
            var part = new BatchPart(start, Math.Min(atOnce, batch - start), batch);
            var patches = patches_KNBV.narrow(2, part.Start, part.Count);
            pieces.Add(Backward(ModelNoise.For(noise, step, part), patches, labels_KB, mixed, start).MoveToOuterDisposeScope());
        }

        return cat(pieces, 1);
    }

    private Tensor Backward(ModelNoise? random, Tensor patches_KNBV, Tensor labels_KB, MixedPairs? mixed, int start)
    {
        var logits_KBC = Model.Forward(Parameters, patches_KNBV, random);
        var losses_K = loss.Forward(logits_KBC, labels_KB, mixed, start);
        losses_K.sum().backward();

        using var grad = no_grad();
        Parameters.GatherGradients();
        LossSum.add_(losses_K);
        return logits_KBC.detach();
    }

    // The first steps weigh more, or the random start would stay in the average for long: decay = min(decay, (1 + t) / (10 + t)), as in
    // TensorFlow's ExponentialMovingAverage with num_updates.
    private void UpdateAverage(FlatParameters average, long step, double decay)
    {
        using Scalar share = 1 - Math.Min(decay, (1.0 + step) / (10.0 + step));
        using var difference = Parameters.Values.sub(average.Values);
        average.Values.add_(difference, share);
    }
}
