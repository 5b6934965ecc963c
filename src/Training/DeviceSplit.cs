using TorchSharp;
using ViViT.Data;
using ViViT.Models.Tokenizers;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// A split as it is trained on, whole on the device as uint8: cut into patches once; or kept as volumes, where batches are changed before
/// they are cut and where overlapping patches would take many times the memory. A batch is an index-select, so the data path costs next to
/// nothing. Memory: one byte a voxel (28-cubes: 21 KiB a sample).
/// </summary>
public sealed class DeviceSplit : IDisposable
{
    private readonly PatchGrid grid;
    private readonly bool isCut;
    private readonly Tensor samples;   // [N, S, V] when cut, else [S, T, H, W]
    private readonly Tensor labels_S;

    /// <param name="name">For messages, e.g. <c>training split of organmnist3d</c>.</param>
    /// <param name="asVolumes">Keep volumes, for <see cref="Volumes"/>.</param>
    /// <exception cref="ArgumentException">The split is empty, or a label is not one of the classes.</exception>
    public DeviceSplit(string name, VolumeSplit split, int classes, PatchGrid grid, Device device, bool asVolumes = false)
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
        this.grid = grid;
        isCut = !asVolumes && !grid.Overlaps;
        var volumes_STHW = tensor(split.Voxels).view(split.Count, grid.Size, grid.Size, grid.Size);
        samples = (isCut ? grid.Cut(volumes_STHW) : volumes_STHW).to(device).DetachFromDisposeScope();
        labels_S = tensor(Labels.Select(label => (long)label).ToArray()).to(device).DetachFromDisposeScope();
    }

    public int Count => Labels.Length;

    /// <summary>[S], on the host.</summary>
    public int[] Labels { get; }

    /// <summary>Voxels along each axis of a volume.</summary>
    public int Size => grid.Size;

    /// <summary>The order in which each of K members sees the samples: int64, [K, S], on the device; the caller's to dispose.</summary>
    /// <param name="members">Sample numbers.</param>
    public Tensor Order(IReadOnlyList<long[]> members)
    {
        using var scope = NewDisposeScope();
        return tensor([.. members.SelectMany(order => order)]).view(members.Count, Count).to(labels_S.device).DetachFromDisposeScope();
    }

    /// <summary>The labels of the samples at places start … start + count - 1 of K orders: int64, [K, B].</summary>
    /// <param name="order_KS">Sample numbers, int64, on the device.</param>
    public Tensor LabelsOf(Tensor order_KS, int start, int count) => labels_S.index_select(0, Picked(order_KS, start, count)).view(-1, count);

    /// <summary>The patches of the samples at places start … start + count - 1 of K orders: uint8, [K, N, B, V].</summary>
    public Tensor Patches(Tensor order_KS, int start, int count)
    {
        if (!isCut)
        {
            return Cut(Volumes(order_KS, start, count));
        }

        var picked_NRV = samples.index_select(1, Picked(order_KS, start, count));
        return order_KS.shape[0] == 1 ? picked_NRV.unsqueeze(0) : ByMember(picked_NRV, count);
    }

    /// <summary>The volumes of the samples at places start … start + count - 1 of K orders: uint8, [K, B, T, H, W]; of a split kept as volumes.</summary>
    public Tensor Volumes(Tensor order_KS, int start, int count) =>
        samples.index_select(0, Picked(order_KS, start, count)).view(order_KS.shape[0], count, grid.Size, grid.Size, grid.Size);

    /// <summary>Cuts volumes [K, B, T, H, W] into patches [K, N, B, V].</summary>
    public Tensor Cut(Tensor volumes_KBTHW) => ByMember(grid.Cut(volumes_KBTHW.flatten(0, 1)), volumes_KBTHW.shape[1]);

    /// <summary>The samples start … start + count - 1 in their own order, the same for each of K members: uint8, [K, N, B, V].</summary>
    public Tensor Slice(int start, int count, int members)
    {
        var patches_NBV = isCut ? samples.narrow(1, start, count) : grid.Cut(samples.narrow(0, start, count));
        return patches_NBV.unsqueeze(0).expand(members, -1, -1, -1);
    }

    public void Dispose()
    {
        samples.Dispose();
        labels_S.Dispose();
    }

    private Tensor ByMember(Tensor patches_NRV, long batch) => patches_NRV.view(grid.Tokens, -1, batch, grid.Voxels).transpose(0, 1).contiguous();

    private static Tensor Picked(Tensor order_KS, int start, int count) => order_KS.narrow(1, start, count).reshape(-1);
}
