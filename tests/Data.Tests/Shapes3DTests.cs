using System.Security.Cryptography;
using ViViT.Contracts.Specs;

namespace ViViT.Data.Tests;

public sealed class Shapes3DTests
{
    private static readonly Lazy<VolumeSet> Set = new(() => new DataSets(new DataFolder("/nowhere")).Load(new DataSpec { Name = "shapes3d" }));

    [Fact]
    public void It_has_the_sizes_that_the_catalogue_tells_and_balanced_shuffled_classes()
    {
        foreach (var (split, count) in new[] { (Set.Value.Train, 768), (Set.Value.Validation, 192), (Set.Value.Test, 384) })
        {
            Assert.Equal((count, count * 28 * 28 * 28), (split.Count, split.Voxels.Length));
            Assert.All(split.Labels.CountBy(label => label), group => Assert.Equal(count / 4, group.Value));
            Assert.Equal(4, split.Labels.Take(40).Distinct().Count());
        }

        Assert.True(Set.Value.Info.IsSynthetic);
    }

    [Fact]
    public void It_is_the_same_on_every_machine()
    {
        Assert.Equal("db4ba985459276230136931868780cee11fcf8ccd94662d4a10901f48fb4e6ba", Sum(Set.Value.Train));
        Assert.Equal("9d245540ebb709f5e87c7989436fddd18faa4f22e59086c43014e32ee700a15a", Sum(Set.Value.Validation));
        Assert.Equal("f87ee0facc812e5a590954f95402c42264604a18eab453595de53c41f91d5720", Sum(Set.Value.Test));
    }

    [Fact]
    public void Neither_brightness_nor_contrast_nor_volume_tells_the_class()
    {
        var train = Features(Set.Value.Train);
        var test = Features(Set.Value.Test);
        var scale = Enumerable.Range(0, train[0].Length).Select(f => Deviation([.. train.Select(sample => sample[f])])).ToArray();
        var centroids = Enumerable.Range(0, 4).Select(label => Enumerable.Range(0, scale.Length)
            .Select(f => train.Where((_, i) => Set.Value.Train.Labels[i] == label).Average(sample => sample[f])).ToArray()).ToArray();

        var right = test.Where((sample, i) => Set.Value.Test.Labels[i] == Nearest(sample, centroids, scale)).Count();

        Assert.InRange(right / (double)test.Length, 0, 0.35);
    }

    private static string Sum(VolumeSplit split) => Convert.ToHexStringLower(SHA256.HashData(split.Voxels));

    // Mean, deviation, and how many voxels are nearer to the brightest than to the darkest.
    private static double[][] Features(VolumeSplit split) => [.. Enumerable.Range(0, split.Count).Select(i =>
    {
        var volume = split.Voxels.AsSpan(i * 21952, 21952).ToArray().Select(voxel => (double)voxel).ToArray();
        var middle = (volume.Min() + volume.Max()) / 2;
        return new[] { volume.Average(), Deviation(volume), volume.Count(voxel => voxel > middle) };
    })];

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static int Nearest(double[] sample, double[][] centroids, double[] scale) =>
        Enumerable.Range(0, centroids.Length).MinBy(label => sample.Select((value, f) => Math.Pow((value - centroids[label][f]) / scale[f], 2)).Sum());
}
