using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.TestKit;

namespace ViViT.Data.Tests;

public sealed class DataSetsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("adrenalmnist3d", 1188, 98, 298, 0.768)]
    [InlineData("vesselmnist3d", 1335, 191, 382, 0.887)]
    public void The_official_release_is_read(string name, int train, int validation, int test, double majority)
    {
        File.Copy(RealData.File($"{name}.npz"), Path.Combine(folder.Path, $"{name}.npz"));

        var set = new DataSets(new DataFolder(folder.Path)).Load(new DataSpec { Name = name });

        Assert.Equal((train, validation, test), (set.Train.Count, set.Validation.Count, set.Test.Count));
        Assert.Equal(majority, set.Test.Labels.Count(label => label == 0) / (double)test, 0.001);
        Assert.All(set.Train.Voxels, voxel => Assert.True(voxel is 0 or 255));
    }

    [Fact]
    public void A_limit_takes_a_sample_of_both_classes_from_a_set_sorted_by_class_and_the_same_one_each_time()
    {
        File.Copy(RealData.File("vesselmnist3d.npz"), Path.Combine(folder.Path, "vesselmnist3d.npz"));
        var sets = new DataSets(new DataFolder(folder.Path));

        var (one, two) = (sets.Load(new DataSpec { Name = "vesselmnist3d", Limit = 64 }), sets.Load(new DataSpec { Name = "vesselmnist3d", Limit = 64 }));

        Assert.Equal((64, 64, 64), (one.Train.Count, one.Validation.Count, one.Test.Count));
        Assert.Equal(2, one.Train.Labels.Distinct().Count());
        Assert.Equal(one.Train.Voxels, two.Train.Voxels);

        // The first of the fixed order, whatever the machine.
        var all = sets.Load(new DataSpec { Name = "vesselmnist3d" }).Train;
        const int Size = 28 * 28 * 28;
        int[] first = [393, 1074, 1073, 1159, 592, 242];
        Assert.All(first.Index(), drawn => Assert.Equal(all.Voxels.AsSpan(drawn.Item * Size, Size), one.Train.Voxels.AsSpan(drawn.Index * Size, Size)));
    }

    [Fact]
    public void Another_file_under_the_name_is_refused_with_both_sums()
    {
        folder.Write("organmnist3d.npz", [1, 2, 3]);

        var wrong = Assert.Throws<DataUnavailableException>(() => new DataSets(new DataFolder(folder.Path)).Load(new DataSpec { Name = "organmnist3d" }));

        Assert.Contains("its MD5 is 5289df737df57326fcdd22597afb1fac", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("a0c5a1ff56af4f155c46d46fbb45a2fe", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_checked_once_and_again_when_it_changes()
    {
        var path = Path.Combine(folder.Path, "adrenalmnist3d.npz");
        File.Copy(RealData.File("adrenalmnist3d.npz"), path);
        var sets = new DataSets(new DataFolder(folder.Path));
        sets.Load(new DataSpec { Name = "adrenalmnist3d", Limit = 1 });
        var changed = File.GetLastWriteTimeUtc(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        using (var file = File.OpenWrite(path)) file.WriteByte(0);
        File.SetLastWriteTimeUtc(path, changed);
        var unnoticed = Assert.Throws<DataUnavailableException>(() => sets.Load(new DataSpec { Name = "adrenalmnist3d" }));
        File.SetLastWriteTimeUtc(path, changed.AddSeconds(1));
        var noticed = Assert.Throws<DataUnavailableException>(() => sets.Load(new DataSpec { Name = "adrenalmnist3d" }));

        Assert.Contains("Remove the file and fetch it again: vivit data get adrenalmnist3d", unnoticed.Message, StringComparison.Ordinal);
        Assert.Contains("the release's is bbd3c5a5576322bc4cdfea780653b1ce", noticed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_fetched()
    {
        var path = Path.Combine(folder.Path, "adrenalmnist3d.npz");
        File.Copy(RealData.File("adrenalmnist3d.npz"), path);

        Assert.Equal(path, await new DataSets(new DataFolder(folder.Path)).Fetch("adrenalmnist3d", null, CancellationToken.None));
        Assert.Null(await new DataSets(new DataFolder(folder.Path)).Fetch("shapes3d", null, CancellationToken.None));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_nearest_one()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new DataSets(new DataFolder(folder.Path)).Locate("vesselmnist"));

        Assert.Contains("Did you mean 'vesselmnist3d'?", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../vesselmnist3d")]
    [InlineData("/etc/passwd")]
    [InlineData("..%2fvesselmnist3d")]
    [InlineData("%252e%252e%252fvesselmnist3d")]
    [InlineData("vesselmnist3d\0")]
    [InlineData("vesselmnist3d/../../x")]
    [InlineData("\uff0e\uff0e/vesselmnist3d")]
    [InlineData("v\u0435sselmnist3d")] // a Cyrillic e
    [InlineData("VesselMNIST3D")]
    [InlineData("")]
    public async Task No_name_leads_out_of_the_folder(string name)
    {
        var sets = new DataSets(new DataFolder(folder.Path));

        Assert.Throws<ArgumentException>(() => sets.Locate(name));
        Assert.Throws<ArgumentException>(() => sets.Load(new() { Name = name }));
        await Assert.ThrowsAsync<ArgumentException>(() => sets.Fetch(name, null, CancellationToken.None));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Every_file_of_the_catalogue_lies_in_the_folder() => Assert.All(
        DataSetCatalogue.All.Where(set => set.Download is not null), set => Assert.Equal(folder.Path, Path.GetDirectoryName(Path.GetFullPath(new DataFolder(folder.Path).FileOf(set.Download!.FileName)))));

    [Fact]
    public void Whether_a_file_is_there_is_told()
    {
        var sets = new DataSets(new DataFolder(folder.Path));
        folder.Write("vesselmnist3d.npz", [1, 2, 3]);

        Assert.Equal((true, 3), (sets.Locate("vesselmnist3d").Present, sets.Locate("vesselmnist3d").Bytes));
        Assert.False(sets.Locate("organmnist3d").Present);
        Assert.True(sets.Locate("shapes3d").Present);
    }
}
