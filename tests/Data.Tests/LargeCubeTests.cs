using System.IO.Compression;
using System.Security.Cryptography;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;

namespace ViViT.Data.Tests;

/// <summary>Volumes of 64 voxels a side.</summary>
public sealed class LargeCubeTests : IDisposable
{
    private const int Cube = 64 * 64 * 64;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_set_has_its_64_cubes_which_are_the_same_samples_in_another_file()
    {
        var small = DataSetCatalogue.All.Where(set => set.Size == 28).ToArray();

        Assert.Equal((7, 14), (small.Length, DataSetCatalogue.All.Count));
        foreach (var set in small)
        {
            var large = DataSetCatalogue.Find($"{set.Name}_64")!;
            Assert.Equal(set with { Name = large.Name, Size = 64, Download = large.Download }, large);
            Assert.Equal(set.Download is null ? null : $"{set.Name}_64.npz https://zenodo.org/records/10519652/files/{set.Name}_64.npz?download=1", large.Download is { } file ? $"{file.FileName} {file.Url}" : null);
        }

        var sums = DataSetCatalogue.All.Select(set => set.Download?.Md5).OfType<string>().ToArray();
        Assert.Equal((12, 12), (sums.Length, sums.Distinct().Count()));
        Assert.All(sums, sum => Assert.Matches("^[0-9a-f]{32}$", sum));
    }

    [Fact]
    public void Reading_them_takes_the_memory_of_their_voxels_and_little_more()
    {
        const int Count = 60;
        var info = new DataSetInfo("large", LabelTask.Binary, 64, ["no", "yes"], new SplitSizes(Count, 1, 1), "none", Download: null);
        var voxels = new byte[Count * Cube];
        for (var i = 0; i < voxels.Length; i += 977) voxels[i] = (byte)i;
        var path = folder.Write("large.npz", Archives.Npz(
            CompressionLevel.Fastest,
            ("train_images.npy", Archives.Npy("|u1", $"{Count}, 64, 64, 64", voxels)), ("train_labels.npy", Archives.Npy("|u1", $"{Count}, 1", new byte[Count])),
            ("val_images.npy", Archives.Npy("|u1", "1, 64, 64, 64", new byte[Cube])), ("val_labels.npy", Archives.Npy("|u1", "1, 1", new byte[1])),
            ("test_images.npy", Archives.Npy("|u1", "1, 64, 64, 64", new byte[Cube])), ("test_labels.npy", Archives.Npy("|u1", "1, 1", new byte[1]))));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = MedMnistReader.Read(path, info);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(voxels.AsSpan().SequenceEqual(set.Train.Voxels));
        Assert.InRange(taken, (Count + 2L) * Cube, (Count + 2L) * Cube * 11 / 10);
    }

    [Theory]
    [InlineData("shapes3d")]
    [InlineData("shapes3d_64")]
    public void A_part_of_the_generated_set_is_the_part_that_any_set_has(string name)
    {
        var info = DataSetCatalogue.Find(name)! with { Splits = new SplitSizes(16, 8, 8) };

        var (whole, part) = (Subset.Take(Synthetic.Shapes3D.Generate(info), 5), Synthetic.Shapes3D.Generate(info, limit: 5));

        Assert.Equal((5, 5, 5), (part.Train.Count, part.Validation.Count, part.Test.Count));
        foreach (var (expected, actual) in new[] { (whole.Train, part.Train), (whole.Validation, part.Validation), (whole.Test, part.Test) })
        {
            Assert.Equal(expected.Labels, actual.Labels);
            Assert.True(expected.Voxels.AsSpan().SequenceEqual(actual.Voxels));
        }
    }

    [Fact]
    public void Generated_64_cubes_hold_the_same_solids_at_a_finer_grain()
    {
        var sets = new DataSets(new DataFolder("/nowhere"));
        var (small, large) = (sets.Load(new DataSpec { Name = "shapes3d", Limit = 4 }).Train, sets.Load(new DataSpec { Name = "shapes3d_64", Limit = 4 }).Train);

        Assert.Equal((64, 4 * Cube), (DataSetCatalogue.Find("shapes3d_64")!.Size, large.Voxels.Length));
        Assert.Equal(small.Labels, large.Labels);
        Assert.Equal("e6445401770fbbd84ef0b8ad52655ef3b2697cb3cf07bb536007c1a6f9bd1cda", Convert.ToHexStringLower(SHA256.HashData(large.Voxels)));
        for (var sample = 0; sample < 4; sample++)
        {
            // Where the solid is, by voxels brighter than the middle: share of the volume and centre in units of the cube.
            var (coarse, fine) = (Solid(small.Voxels.AsSpan(sample * 21952, 21952), 28), Solid(large.Voxels.AsSpan(sample * Cube, Cube), 64));
            Assert.Equal(coarse.Share, fine.Share, 0.01);
            Assert.Equal(coarse.X, fine.X, 0.03);
            Assert.Equal(coarse.Y, fine.Y, 0.03);
            Assert.Equal(coarse.Z, fine.Z, 0.03);
        }
    }

    [Fact]
    public void An_absent_file_is_told_with_how_to_get_it_and_where_to_put_it()
    {
        using var offline = new HttpClient(new Offline());

        var absent = Assert.Throws<DataUnavailableException>(() => new DataSets(new DataFolder(folder.Path), offline).Load(new DataSpec { Name = "adrenalmnist3d_64" }));

        Assert.Equal(
            "adrenalmnist3d_64 is not on this machine and cannot be fetched: no network. Fetch https://zenodo.org/records/10519652/files/adrenalmnist3d_64.npz?download=1 where there is a network " +
            $"and put it here: {Path.Combine(folder.Path, "adrenalmnist3d_64.npz")} (MD5 17721accfe9fb005146a47d33bc54b2f); or run: vivit data get adrenalmnist3d_64",
            absent.Message);
    }

    [Fact]
    public void A_download_tells_of_itself_while_the_set_is_loaded()
    {
        using var online = new HttpClient(new Online(new byte[300 << 10]));
        var told = new Told();

        Assert.Throws<DataUnavailableException>(() => new DataSets(new DataFolder(folder.Path), online).Load(new DataSpec { Name = "adrenalmnist3d_64" }, told)); // its checksum is wrong

        Assert.Contains(new DownloadProgress(300 << 10, 300 << 10), told.Reports);
    }

    private sealed class Told : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Reports { get; } = [];

        public void Report(DownloadProgress value) => Reports.Add(value);
    }

    private sealed class Online(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(body) });
    }

    private static (double Share, double X, double Y, double Z) Solid(ReadOnlySpan<byte> volume, int size)
    {
        var sorted = volume.ToArray();
        Array.Sort(sorted);
        var middle = (sorted[sorted.Length / 2] + sorted[sorted.Length - (sorted.Length / 100)]) / 2.0;
        var (count, x, y, z) = (0, 0.0, 0.0, 0.0);
        for (var i = 0; i < volume.Length; i++)
        {
            if (volume[i] <= middle) continue;
            (count, x, y, z) = (count + 1, x + (i / (size * size)), y + (i / size % size), z + (i % size));
        }

        return (count / (double)volume.Length, x / count / size, y / count / size, z / count / size);
    }

    private sealed class Offline : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new HttpRequestException(HttpRequestError.ConnectionError, "no network");
    }
}
