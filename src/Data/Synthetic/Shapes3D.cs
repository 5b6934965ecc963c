using ViViT.Contracts.DataSets;

namespace ViViT.Data.Synthetic;

/// <summary>
/// The generated set <c>shapes3d</c>: one solid a volume, turned, moved and stretched at random, in noise. Every solid fills a number of
/// voxels that is drawn without regard to its class, and object and background are bright or dark alike, so that neither brightness nor
/// volume tells the class: only shape does. The same bits on every machine: only additions, multiplications, divisions and square roots.
/// </summary>
internal static class Shapes3D
{
    private const ulong Seed = 0x53484150;

    public static VolumeSet Generate()
    {
        var info = DataSetCatalogue.Find(DataSetCatalogue.Shapes3D)!;
        return new()
        {
            Info = info,
            Train = Split(info, info.Splits.Train, part: 1),
            Validation = Split(info, info.Splits.Validation, part: 2),
            Test = Split(info, info.Splits.Test, part: 3),
        };
    }

    // Classes are equally frequent and in random order; each sample has a generator of its own.
    private static VolumeSplit Split(DataSetInfo info, int count, ulong part)
    {
        var labels = Enumerable.Range(0, count).Select(i => (byte)(i % info.Classes)).ToArray();
        new SplitMix64(Seed + part).Shuffle<byte>(labels);
        var size = info.Size * info.Size * info.Size;
        var voxels = new byte[count * size];
        Parallel.For(0, count, i => Draw(labels[i], new SplitMix64((Seed + part) ^ ((ulong)(i + 1) << 32)), info.Size, voxels.AsSpan(i * size, size)));
        return new(voxels, labels);
    }

    private static void Draw(int shape, SplitMix64 random, int size, Span<byte> volume)
    {
        // What is not the class's own is drawn first, so that it cannot depend on the class.
        var filled = 900 + random.Below(500);
        var (centreX, centreY, centreZ) = (12 + random.Uniform(-1.5, 1.5), 12 + random.Uniform(-1.5, 1.5), 12 + random.Uniform(-1.5, 1.5));
        var rotation = Rotation.Draw(ref random);
        var (a, b, c) = (random.Uniform(0.85, 1.2), random.Uniform(0.85, 1.2), random.Uniform(0.85, 1.2));
        var background = random.Uniform(20, 100);
        var contrast = random.Uniform(70, 130);
        var noise = random.Uniform(4, 16);

        var distance = new double[volume.Length];
        for (var index = 0; index < distance.Length; index++)
        {
            var (x, y, z) = rotation.Apply((index / (size * size)) - centreX, (index / size % size) - centreY, (index % size) - centreZ);
            distance[index] = Distance(shape, x / a, y / b, z / c);
        }

        // The solid is the nearest voxels: as many as were drawn, whatever the shape.
        var order = Array.FindAll(distance, near => near < 9);
        Array.Sort(order);
        var surface = order[filled - 1];
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
}
