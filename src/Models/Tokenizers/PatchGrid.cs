using ViViT.Contracts.Specs;
using static TorchSharp.torch;

namespace ViViT.Models.Tokenizers;

/// <summary>
/// Cuts volumes into the patches that become tokens. Tubelets: floor(T/t) x floor(H/h) x floor(W/w) patches of t · h · w voxels. Uniform
/// frame sampling: floor(T/t) frames, each cut into floor(H/h) x floor(W/w) patches of h · w voxels. Tokens are in the order
/// (time, height, width), the voxels of a patch too; voxels past the last whole patch of an axis are dropped.
/// </summary>
public sealed class PatchGrid
{
    private readonly Patch patch;
    private readonly bool tubelets;
    private readonly (long T, long H, long W) counts;

    /// <param name="size">Voxels along each axis of a volume.</param>
    public PatchGrid(ModelSpec spec, int size)
    {
        patch = spec.Patch;
        if (Math.Min(patch.T, Math.Min(patch.H, patch.W)) < 1 || Math.Max(patch.T, Math.Max(patch.H, patch.W)) > size)
        {
            throw new ArgumentException($"A patch of {patch} does not fit a volume of {size} voxels a side.", nameof(spec));
        }

        Size = size;
        tubelets = spec.Tokenizer == Tokenizer.Tubelet;
        counts = (size / patch.T, size / patch.H, size / patch.W);
        Frames = [.. Enumerable.Range(0, (int)counts.T).Select(run => FrameOf(run, spec.FrameOffset))];
    }

    /// <summary>Voxels along each axis of a volume.</summary>
    public int Size { get; }

    /// <summary>N.</summary>
    public long Tokens => counts.T * counts.H * counts.W;

    /// <summary>Voxels of a patch: V.</summary>
    public long Voxels => (tubelets ? patch.T : 1) * (long)patch.H * patch.W;

    /// <summary>The frames that uniform frame sampling takes.</summary>
    public IReadOnlyList<int> Frames { get; }

    /// <param name="volumes_STHW">[S, T, H, W] of any type.</param>
    /// <returns>[N, S, V], contiguous, of the same type.</returns>
    public Tensor Cut(Tensor volumes_STHW)
    {
        if (volumes_STHW.shape is not [_, var t, var h, var w] || t != Size || h != Size || w != Size)
        {
            throw new ArgumentException(
                $"Volumes of shape [{string.Join(", ", volumes_STHW.shape)}] where [S, {Size}, {Size}, {Size}] is expected.", nameof(volumes_STHW));
        }

        using var scope = TorchSharp.torch.NewDisposeScope();
        var samples = volumes_STHW.shape[0];
        var (nt, nh, nw) = counts;
        var whole = volumes_STHW.narrow(2, 0, nh * patch.H).narrow(3, 0, nw * patch.W);
        var ordered = tubelets
            ? whole.narrow(1, 0, nt * patch.T).view(samples, nt, patch.T, nh, patch.H, nw, patch.W).permute(1, 3, 5, 0, 2, 4, 6)
            : whole.index_select(1, tensor(Frames.Select(frame => (long)frame).ToArray()).to(volumes_STHW.device))
                .view(samples, nt, nh, patch.H, nw, patch.W).permute(1, 2, 4, 0, 3, 5);
        return ordered.reshape(Tokens, samples, Voxels).contiguous().MoveToOuterDisposeScope();
    }

    private int FrameOf(int run, FrameOffset offset) => Math.Min(Size - 1, offset switch
    {
        FrameOffset.Zero => run * patch.T,
        FrameOffset.Centre => (run * patch.T) + (patch.T / 2),
        _ => (run + 1) * patch.T,
    });
}
