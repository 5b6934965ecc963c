using ViViT.Contracts.Specs;
using static TorchSharp.torch;

namespace ViViT.Models.Tokenizers;

/// <summary>
/// Cuts volumes into the patches that become tokens, where <see cref="PatchGeometry"/> puts them. Tubelets: nt x nh x nw patches of
/// t · h · w voxels. Uniform frame sampling: nt frames, each cut into nh x nw patches of h · w voxels. Tokens are in the order
/// (time, height, width), the voxels of a patch too.
/// </summary>
public sealed class PatchGrid
{
    private readonly long[] padding;

    /// <param name="size">Voxels along each axis of a volume.</param>
    /// <exception cref="ArgumentException">The patch does not fit.</exception>
    public PatchGrid(ModelSpec spec, int size)
    {
        Geometry = new PatchGeometry(spec, size);
        var (t, h, w) = (Geometry.Time, Geometry.Height, Geometry.Width);
        padding = [w.PadBefore, w.PadAfter, h.PadBefore, h.PadAfter, t.PadBefore, t.PadAfter];
        Overlaps = (Geometry.Tubelets && t.Stride < t.Patch) || h.Stride < h.Patch || w.Stride < w.Patch;
    }

    public PatchGeometry Geometry { get; }

    /// <summary>Voxels along each axis of a volume.</summary>
    public int Size => Geometry.Size;

    /// <summary>N.</summary>
    public long Tokens => Geometry.Tokens;

    /// <summary>Voxels of a patch: V.</summary>
    public long Voxels => Geometry.Voxels;

    /// <summary>Whether patches share voxels, so that cut volumes take more memory than whole ones.</summary>
    public bool Overlaps { get; }

    /// <param name="volumes_STHW">[S, T, H, W] of any type.</param>
    /// <returns>[N, S, V], contiguous, of the same type.</returns>
    public Tensor Cut(Tensor volumes_STHW)
    {
        if (volumes_STHW.shape is not [_, var size, var h, var w] || size != Size || h != Size || w != Size)
        {
            throw new ArgumentException(
                $"Volumes of shape [{string.Join(", ", volumes_STHW.shape)}] where [S, {Size}, {Size}, {Size}] is expected.", nameof(volumes_STHW));
        }

        using var scope = TorchSharp.torch.NewDisposeScope();
        var whole = padding.All(zeros => zeros == 0) ? volumes_STHW : nn.functional.pad(volumes_STHW, padding);
        var (time, height, width) = (Geometry.Time, Geometry.Height, Geometry.Width);

        // Views: each unfold makes an axis of patches of an axis of voxels, and appends that of the voxels in a patch.
        var runs = Geometry.Tubelets
            ? whole.unfold(1, time.Patch, time.Stride)
            : whole.index_select(1, tensor(Geometry.Frames.Select(frame => (long)frame).ToArray()).to(whole.device)).unsqueeze(-1);
        var cut_SthwTHW = runs.unfold(2, height.Patch, height.Stride).unfold(3, width.Patch, width.Stride);
        return cut_SthwTHW.permute(1, 2, 3, 0, 4, 5, 6).reshape(Tokens, volumes_STHW.shape[0], Voxels).contiguous().MoveToOuterDisposeScope();
    }
}
