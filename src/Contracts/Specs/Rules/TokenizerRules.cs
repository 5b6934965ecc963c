using ViViT.Contracts.DataSets;

namespace ViViT.Contracts.Specs.Rules;

/// <summary>How patches and strides must fit the volumes.</summary>
internal static class TokenizerRules
{
    /// <param name="set">The data set, where its name is known.</param>
    public static IEnumerable<SpecProblem> Check(ModelSpec model, DataSetInfo? set) => [.. Patch(model, set), .. Stride(model, set)];

    // Padding may make room for a larger patch, but not for one that is mostly padding.
    private static IEnumerable<SpecProblem> Patch(ModelSpec model, DataSetInfo? set)
    {
        var pads = model.Fit == VolumeFit.Pad;
        var most = set is null ? int.MaxValue : pads ? 2 * set.Size : set.Size;
        return Rule.Unless(Within(model.Patch, most), "model.patch", $"a patch of {model.Patch} does not fit the volume",
            set is null ? "Give at least 1 along each axis."
            : $"Give 1 to {most} along each axis: the volumes of {set.Name} have {set.Size} voxels a side{(pads ? ", padded to one patch at the most" : "")}.");
    }

    private static IEnumerable<SpecProblem> Stride(ModelSpec model, DataSetInfo? set)
    {
        var most = set?.Size ?? int.MaxValue;
        return Rule.Unless(model.Stride is not { } stride || Within(stride, most), "model.stride", $"a stride of {model.Stride} does not fit the volume",
            set is null ? "Give at least 1 along each axis." : $"Give 1 to {most} along each axis, or leave it out: patches then lie side by side.");
    }

    private static bool Within(Patch extents, int most) =>
        extents is { T: >= 1, H: >= 1, W: >= 1 } && extents.T <= most && extents.H <= most && extents.W <= most;
}
