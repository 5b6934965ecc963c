namespace ViViT.Data;

/// <summary>A part of a split for quick trials: drawn at random, since some sets are sorted by class, and the same at every call.</summary>
internal static class Subset
{
    private const ulong Seed = 0x5AB5E7;

    /// <summary>The samples of a split of that many that make up its part, in their order there; all of them in their own order where the split is no larger.</summary>
    public static int[] Choose(int count, int limit)
    {
        var order = Enumerable.Range(0, count).ToArray();
        if (limit >= count) return order;
        new SplitMix64(Seed).Shuffle<int>(order);
        return order[..limit];
    }

    public static VolumeSet Take(VolumeSet set, int limit) => set with { Train = Take(set.Train, limit), Validation = Take(set.Validation, limit), Test = Take(set.Test, limit) };

    private static VolumeSplit Take(VolumeSplit split, int limit)
    {
        if (limit >= split.Count) return split;
        var chosen = Choose(split.Count, limit);
        var size = split.Voxels.Length / split.Count;
        var voxels = new byte[limit * size];
        for (var i = 0; i < limit; i++) split.Voxels.AsSpan(chosen[i] * size, size).CopyTo(voxels.AsSpan(i * size));
        return new(voxels, [.. chosen.Select(sample => split.Labels[sample])]);
    }
}
