namespace ViViT.Contracts.Specs;

/// <summary>Where the patches of a cubic volume lie: how many there are, what is padded and what no token sees. Arithmetic only.</summary>
public sealed record PatchGeometry
{
    /// <param name="size">Voxels along each axis of a volume.</param>
    /// <exception cref="ArgumentException">A patch or stride below 1, or a patch larger than a volume that is not padded.</exception>
    public PatchGeometry(ModelSpec spec, int size)
    {
        var (patch, stride) = (spec.Patch, spec.Stride ?? spec.Patch);
        Size = size;
        Tubelets = spec.Tokenizer == Tokenizer.Tubelet;
        Time = AxisCut.Of(patch.T, stride.T, size, spec.Fit);
        Height = AxisCut.Of(patch.H, stride.H, size, spec.Fit);
        Width = AxisCut.Of(patch.W, stride.W, size, spec.Fit);
        Frames = [.. Enumerable.Range(0, Time.Count).Select(run => Math.Clamp(
            (run * stride.T) + Offset(spec.FrameOffset, patch.T), Time.PadBefore, Time.PadBefore + size - 1))];
    }

    /// <summary>Voxels along each axis of a volume.</summary>
    public int Size { get; }

    /// <summary>3-D patches; else 2-D patches of <see cref="Frames"/>.</summary>
    public bool Tubelets { get; }

    public AxisCut Time { get; }

    public AxisCut Height { get; }

    public AxisCut Width { get; }

    /// <summary>The frames that uniform frame sampling takes, one per temporal index, counted in the padded volume.</summary>
    public IReadOnlyList<int> Frames { get; }

    /// <summary>Tokens: N = temporal indices · places of one.</summary>
    public int Tokens => Time.Count * Height.Count * Width.Count;

    /// <summary>Voxels of a patch: V.</summary>
    public int Voxels => (Tubelets ? Time.Patch : 1) * Height.Patch * Width.Patch;

    private static int Offset(FrameOffset offset, int patch) => offset switch
    {
        FrameOffset.Zero => 0,
        FrameOffset.Centre => patch / 2,
        _ => patch,
    };
}

/// <summary>The patches along one axis.</summary>
/// <param name="Patch">Voxels of a patch.</param>
/// <param name="Stride">Voxels from one patch to the next.</param>
/// <param name="Count">Patches.</param>
/// <param name="PadBefore">Zeros added before the first voxel.</param>
/// <param name="PadAfter">Zeros added after the last voxel.</param>
/// <param name="Dropped">Voxels at the far end that no patch reaches.</param>
public sealed record AxisCut(int Patch, int Stride, int Count, int PadBefore, int PadAfter, int Dropped)
{
    public static AxisCut Of(int patch, int stride, int size, VolumeFit fit)
    {
        if (patch < 1 || stride < 1 || (patch > size && fit == VolumeFit.Crop))
        {
            throw new ArgumentException($"A patch of {patch} at a stride of {stride} does not fit a volume of {size} voxels a side.", nameof(patch));
        }

        var beyond = Math.Max(0, size - patch);
        var count = (fit == VolumeFit.Pad ? (beyond + stride - 1) / stride : beyond / stride) + 1;
        var rest = size - (((count - 1) * stride) + patch);
        return new(patch, stride, count, PadBefore: Math.Max(0, -rest) / 2, PadAfter: (Math.Max(0, -rest) + 1) / 2, Dropped: Math.Max(0, rest));
    }
}
