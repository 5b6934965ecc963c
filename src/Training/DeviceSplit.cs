using TorchSharp;
using ViViT.Data;
using ViViT.Models;
using ViViT.Models.Tokenizers;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// A split as it is trained on: cut into patches once, whole on the device as uint8. A batch is an index-select, so the data path costs
/// next to nothing. Memory: samples x tokens x voxels of a patch in bytes (28-cubes: 21 KiB a sample at most).
/// </summary>
public sealed class DeviceSplit : IDisposable
{
    private readonly Tensor patches_NSV;
    private readonly Tensor labels_S;

    /// <param name="name">For messages, e.g. <c>training split of organmnist3d</c>.</param>
    /// <exception cref="ArgumentException">The split is empty, or a label is not one of the classes.</exception>
    public DeviceSplit(string name, VolumeSplit split, int classes, PatchGrid grid, Device device)
    {
        if (split.Count == 0)
        {
            throw new ArgumentException($"The {name} holds no sample.", nameof(split));
        }

        Labels = [.. split.Labels.Select(label => (int)label)];
        if (Array.FindIndex(Labels, label => label < 0 || label >= classes) is >= 0 and var wrong)
        {
            throw new ArgumentException($"Sample {wrong} of the {name} has the label {Labels[wrong]}; there are {classes} classes, counted from 0.", nameof(split));
        }

        using var scope = NewDisposeScope();
        patches_NSV = grid.Cut(tensor(split.Voxels).view(split.Count, grid.Size, grid.Size, grid.Size)).to(device).DetachFromDisposeScope();
        labels_S = tensor(Labels.Select(label => (long)label).ToArray()).to(device).DetachFromDisposeScope();
    }

    public int Count => Labels.Length;

    /// <summary>[S], on the host.</summary>
    public int[] Labels { get; }

    /// <summary>All sample numbers in a random order: int64, [S], on the device; the caller's to dispose.</summary>
    public Tensor Order(RandomSequence random)
    {
        using var scope = NewDisposeScope();
        return tensor(random.Permutation(Count)).to(labels_S.device).MoveToOuterDisposeScope();
    }

    /// <summary>The samples at places start … start + count - 1 of an order.</summary>
    /// <param name="order_S">Sample numbers, int64, on the device.</param>
    /// <returns>Patches [1, N, B, V] (uint8) and labels [1, B] (int64).</returns>
    public (Tensor Patches_KNBV, Tensor Labels_KB) Batch(Tensor order_S, int start, int count)
    {
        var picked = order_S.narrow(0, start, count);
        return (patches_NSV.index_select(1, picked).unsqueeze(0), labels_S.index_select(0, picked).unsqueeze(0));
    }

    /// <summary>The samples start … start + count - 1 in their own order, patches [1, N, B, V].</summary>
    public Tensor Slice(int start, int count) => patches_NSV.narrow(1, start, count).contiguous().unsqueeze(0);

    public void Dispose()
    {
        patches_NSV.Dispose();
        labels_S.Dispose();
    }
}
