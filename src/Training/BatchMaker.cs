using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Training.Augmentation;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>What K members learn from in one step.</summary>
/// <param name="Patches_KNBV">uint8, or float32 in [0, 1].</param>
/// <param name="Labels_KB">int64.</param>
/// <param name="Mixed">How the samples were mixed; null when they were not.</param>
internal sealed record Batch(int Count, Tensor Patches_KNBV, Tensor Labels_KB, MixedPairs? Mixed);

/// <summary>Each member's samples in its own order, changed by its own draws.</summary>
internal sealed class BatchMaker(IReadOnlyList<ExperimentSpec> specs, DeviceSplit train, Device device) : IDisposable
{
    private readonly TrainingSpec shared = specs[0].Training;
    private readonly int[] seeds = [.. specs.Select(spec => spec.Seed)];
    private readonly VolumeAugmentation? augmentation =
        specs[0].Training.Augmentation.IsOff ? null : new(specs[0].Training.Augmentation, [.. specs.Select(spec => spec.Seed)], train.Size, device);

    private long epoch = -1;
    private long[][] order = [];
    private Tensor? order_KS;

    /// <summary>The pass over the data, from 0; another one is another order.</summary>
    public long Epoch
    {
        get => epoch;
        set
        {
            epoch = value;
            order_KS?.Dispose();
            order = [.. seeds.Select(seed => RandomSequence.Of(seed, "order", epoch).Permutation(train.Count))];
            order_KS = train.Order(order);
        }
    }

    /// <param name="step">Number of the step, from 1: augmentations draw from sequences with this index.</param>
    /// <param name="start">Place in the epoch's order.</param>
    public Batch Make(long step, int start)
    {
        var count = Math.Min(shared.BatchSize, train.Count - start);
        var labels_KB = train.LabelsOf(order_KS!, start, count);
        if (augmentation is null)
        {
            return new(count, train.Patches(order_KS!, start, count), labels_KB, Mixed: null);
        }

        var volumes_KBTHW = augmentation.Apply(train.Volumes(order_KS!, start, count), step);
        var mixed = Mixup.Draw(shared.Augmentation.Mixup, seeds, count, step, device);
        return new(count, train.Cut(mixed is null ? volumes_KBTHW : Mixup.Mix(volumes_KBTHW, mixed)), labels_KB, mixed);
    }

    /// <summary>A member's labels in the order of the epoch.</summary>
    public int[] LabelsOf(int member) => [.. order[member].Select(sample => train.Labels[sample])];

    public void Dispose() => order_KS?.Dispose();
}
