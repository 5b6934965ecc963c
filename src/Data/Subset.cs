namespace ViViT.Data;

/// <summary>A part of a split for quick trials: drawn at random, since some sets are sorted by class, and the same at every call.</summary>
internal static class Subset
{
    private const ulong Seed = 0x5AB5E7;

    public static VolumeSet Take(VolumeSet set, int limit) => set with { Train = Take(set.Train, limit), Validation = Take(set.Validation, limit), Test = Take(set.Test, limit) };

    private static VolumeSplit Take(VolumeSplit split, int limit)
    {
        if (limit >= split.Count) return split;
        var order = Enumerable.Range(0, split.Count).ToArray();
        new SplitMix64(Seed).Shuffle<int>(order);
        var chosen = order[..limit];
        var size = split.Voxels.Length / split.Count;
        var voxels = new byte[limit * size];
        for (var i = 0; i < limit; i++) split.Voxels.AsSpan(chosen[i] * size, size).CopyTo(voxels.AsSpan(i * size));
        return new(voxels, [.. chosen.Select(sample => split.Labels[sample])]);
    }
}
