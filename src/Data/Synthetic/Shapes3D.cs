using ViViT.Contracts.DataSets;

namespace ViViT.Data.Synthetic;

/// <summary>
/// The generated set <c>shapes3d</c> and its 64-cubes <c>shapes3d_64</c>: one solid a volume, turned, moved and stretched at random, in noise.
/// Every solid fills a number of voxels that is drawn without regard to its class, and object and background are bright or dark alike, so
/// that neither brightness nor volume tells the class: only shape does. The same bits on every machine: only additions, multiplications,
/// divisions and square roots.
/// </summary>
internal static class Shapes3D
{
    private const ulong Seed = 0x53484150;

    // Lengths below are voxels of a cube of this size; larger cubes hold the same solids at a finer grain.
    private const double Unit = 28;

    /// <param name="limit">At most this many samples of each split, those that <see cref="Subset"/> takes; all when null.</param>
    public static VolumeSet Generate(DataSetInfo info, int? limit = null) => new()
    {
        Info = info,
        Train = Split(info, info.Splits.Train, limit, part: 1),
        Validation = Split(info, info.Splits.Validation, limit, part: 2),
        Test = Split(info, info.Splits.Test, limit, part: 3),
    };

    // Classes are equally frequent and in random order; each sample has a generator of its own.
    private static VolumeSplit Split(DataSetInfo info, int count, int? limit, ulong part)
    {
        var labels = Enumerable.Range(0, count).Select(i => (byte)(i % info.Classes)).ToArray();
        new SplitMix64(Seed + part).Shuffle<byte>(labels);
        var chosen = Subset.Choose(count, limit ?? count);
        var size = info.Size * info.Size * info.Size;
        var voxels = new byte[chosen.Length * size];
        using var scratch = new ThreadLocal<Scratch>(() => new Scratch(size));
        Parallel.For(0, chosen.Length, i =>
            Draw(labels[chosen[i]], new SplitMix64((Seed + part) ^ ((ulong)(chosen[i] + 1) << 32)), info.Size, voxels.AsSpan(i * size, size), scratch.Value!));
        return new(voxels, [.. chosen.Select(sample => labels[sample])]);
    }

    private static void Draw(int shape, SplitMix64 random, int size, Span<byte> volume, Scratch scratch)
    {
        // What is not the class's own is drawn first, so that it cannot depend on the class.
        var scale = size / Unit;
        var filled = (int)((900 + random.Below(500)) * (scale * scale * scale));
        var (centreX, centreY, centreZ) = (scale * (12 + random.Uniform(-1.5, 1.5)), scale * (12 + random.Uniform(-1.5, 1.5)), scale * (12 + random.Uniform(-1.5, 1.5)));
        var rotation = Rotation.Draw(ref random);
        var (a, b, c) = (random.Uniform(0.85, 1.2), random.Uniform(0.85, 1.2), random.Uniform(0.85, 1.2));
        var background = random.Uniform(20, 100);
        var contrast = random.Uniform(70, 130);
        var noise = random.Uniform(4, 16);

        var distance = scratch.Distance;
        for (var index = 0; index < distance.Length; index++)
        {
            var (x, y, z) = rotation.Apply((index / (size * size)) - centreX, (index / size % size) - centreY, (index % size) - centreZ);
            distance[index] = Distance(shape, x / a / scale, y / b / scale, z / c / scale);
        }

        // The solid is the nearest voxels: as many as were drawn, whatever the shape.
        var near = 0;
        foreach (var one in distance)
        {
            if (one < 9) scratch.Near[near++] = one;
        }

        Array.Sort(scratch.Near, 0, near);
        var surface = scratch.Near[filled - 1];
        for (var index = 0; index < distance.Length; index++)
        {
            var value = background + (distance[index] <= surface ? contrast : 0) + (noise * (random.Uniform() + random.Uniform() - random.Uniform() - random.Uniform()));
            volume[index] = (byte)Math.Clamp(Math.Round(value), 0, 255);
        }
    }

    // How far outside the solid's skeleton a point lies; the solid of a given volume is a level set of it.
    private static double Distance(int shape, double x, double y, double z) => shape switch
    {
        0 => Math.Sqrt((x * x) + (y * y) + (z * z)), // ellipsoid: around a point
        1 => Math.Max(Math.Abs(x), Math.Max(Math.Abs(y), Math.Abs(z))), // box: the same in the maximum norm
        2 => TorusDistance(x, y, z),
        3 => Math.Min(Bar(x, y, z), Math.Min(Bar(y, z, x), Bar(z, x, y))), // cross: around three orthogonal bars
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "There are four shapes."),
    };

    private static double TorusDistance(double x, double y, double z)
    {
        const double Radius = 7.5;
        var fromCircle = Math.Sqrt((x * x) + (y * y)) - Radius;
        return Math.Sqrt((fromCircle * fromCircle) + (z * z));
    }

    private static double Bar(double along, double across, double over)
    {
        const double HalfLength = 9.5;
        return Math.Abs(along) <= HalfLength ? Math.Max(Math.Abs(across), Math.Abs(over)) : double.MaxValue;
    }

    /// <summary>Room for one volume's numbers, used again for the next: a thread has one.</summary>
    private sealed class Scratch(int voxels)
    {
        public double[] Distance { get; } = new double[voxels];

        public double[] Near { get; } = new double[voxels];
    }
}
