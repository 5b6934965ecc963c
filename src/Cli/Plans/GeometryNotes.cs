using System.Globalization;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>What the tokenizer sees of a volume: dropped and padded voxels, overlaps, gaps, frames.</summary>
internal static class GeometryNotes
{
    private const int FramesListed = 8;

    public static IEnumerable<string> Of(ModelSpec model, PatchGeometry geometry)
    {
        (string Name, AxisCut Cut)[] axes = geometry.Tubelets
            ? [("time", geometry.Time), ("height", geometry.Height), ("width", geometry.Width)]
            : [("height", geometry.Height), ("width", geometry.Width)];
        var size = geometry.Size;
        string[] notes =
        [
            .. Alike(axes, cut => cut.Dropped, (axis, dropped) => $"voxels {size - dropped}..{size - 1} of {axis} are dropped"),
            .. Alike(axes, cut => (cut.PadBefore, cut.PadAfter), (axis, pad) => $"{axis} is padded with zeros to {size + pad.PadBefore + pad.PadAfter} ({pad.PadBefore} before, {pad.PadAfter} after)"),
            .. Alike(axes, cut => Math.Max(0, cut.Patch - cut.Stride), (axis, overlap) => $"patches overlap by {overlap} along {axis}"),
            .. Alike(axes, cut => cut.Count > 1 ? Math.Max(0, cut.Stride - cut.Patch) : 0, (axis, gap) => $"{gap} voxels between patches of {axis} are seen by no token"),
        ];
        return geometry.Tubelets ? [.. notes, .. Lost(axes, size)] : [.. notes, Frames(geometry), Weights(model)];
    }

    // One sentence for all axes that are cut the same way; none for those that lose nothing.
    private static IEnumerable<string> Alike<T>((string Name, AxisCut Cut)[] axes, Func<AxisCut, T> what, Func<string, T, string> say)
        where T : struct =>
        axes.GroupBy(axis => what(axis.Cut), axis => axis.Name).Where(alike => !alike.Key.Equals(default(T)))
            .Select(alike => say(alike.Count() == 3 ? "each axis" : string.Join(" and ", alike), alike.Key));

    private static IEnumerable<string> Lost((string Name, AxisCut Cut)[] axes, int size)
    {
        var seen = axes.Aggregate(1.0, (share, axis) => share * (size - axis.Cut.Dropped) / size);
        return seen < 1 ? [string.Create(CultureInfo.InvariantCulture, $"{(1 - seen) * 100:0} % of the volume is dropped")] : [];
    }

    private static string Frames(PatchGeometry geometry)
    {
        var frames = geometry.Frames.Select(frame => frame - geometry.Time.PadBefore).Distinct().ToArray();
        var which = frames.Length <= FramesListed ? $" ({string.Join(", ", frames)})" : "";
        var again = geometry.Frames.Count - frames.Length; // an offset beyond the last frame is clamped to it
        return $"{frames.Length} of {geometry.Size} frames are seen{which}{(again > 0 ? $"; the last one {again + 1} times" : "")}";
    }

    private static string Weights(ModelSpec model)
    {
        var flat = (long)model.Patch.H * model.Patch.W * model.Width;
        return string.Create(CultureInfo.InvariantCulture, $"the embedding has {flat:N0} weights where tubelets of this patch have {flat * model.Patch.T:N0}: a comparison must say so");
    }
}
