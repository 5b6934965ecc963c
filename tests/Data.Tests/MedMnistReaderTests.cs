using System.IO.Compression;
using ViViT.Contracts.DataSets;

namespace ViViT.Data.Tests;

public sealed class MedMnistReaderTests : IDisposable
{
    private static readonly DataSetInfo Info = new("tiny", LabelTask.Binary, 2, ["no", "yes"], new SplitSizes(3, 2, 1), "none", Download: null);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Volumes_and_labels_of_each_split_are_read()
    {
        var set = MedMnistReader.Read(Write(), Info);

        Assert.Equal((3, 2, 1), (set.Train.Count, set.Validation.Count, set.Test.Count));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), set.Train.Voxels);
        Assert.Equal([0, 1, 1], set.Train.Labels);
    }

    [Fact]
    public void Labels_of_any_integer_type_are_read()
    {
        var set = MedMnistReader.Read(Write(("train_labels", Archives.Npy(">i4", "3, 1", 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1))), Info);

        Assert.Equal([1, 0, 1], set.Train.Labels);
    }

    public static TheoryData<string, byte[]?, string> Wrong => new()
    {
        { "val_images", null, "has no member val_images.npy" },
        { "val_images", Archives.Npy("|u1", "1, 2, 2, 2", new byte[8]), "val_images has shape (1, 2, 2, 2); tiny has (2, 2, 2, 2)" },
        { "val_images", Archives.Npy("|u1", "2, 2, 4", new byte[16]), "val_images has shape (2, 2, 4); tiny has (2, 2, 2, 2)" },
        { "val_images", Archives.Npy("<i2", "2, 2, 2, 2", new byte[32]), "val_images.npy cannot be read: its elements are i2, not bytes (u1)" },
        { "val_labels", Archives.Npy("|u1", "3, 1", new byte[3]), "val_labels has shape (3, 1); tiny has (2, 1)" },
        { "val_labels", Archives.Npy("|u1", "2, 1", 0, 2), "val_labels[1] is 2; tiny has classes 0 to 1" },
        { "val_labels", Archives.Npy("|i1", "2, 1", 255, 0), "val_labels[0] is -1; tiny has classes 0 to 1" },
        { "val_labels", Archives.Npy("<u8", "2, 1", [.. Enumerable.Repeat((byte)255, 16)]), "val_labels.npy cannot be read: it holds 18446744073709551615, which is beyond every label" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_differs_from_the_catalogue_is_told_with_the_file(string array, byte[]? content, string expected)
    {
        var path = Write((array, content));

        var wrong = Assert.Throws<InvalidDataException>(() => MedMnistReader.Read(path, Info));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, wrong.Message, StringComparison.Ordinal);
    }

    private string Write(params (string Name, byte[]? Content)[] instead)
    {
        var arrays = new Dictionary<string, byte[]?>
        {
            ["train_images"] = Archives.Npy("|u1", "3, 2, 2, 2", [.. Enumerable.Range(0, 24).Select(i => (byte)i)]),
            ["train_labels"] = Archives.Npy("|u1", "3, 1", 0, 1, 1),
            ["val_images"] = Archives.Npy("|u1", "2, 2, 2, 2", new byte[16]),
            ["val_labels"] = Archives.Npy("|u1", "2, 1", 1, 0),
            ["test_images"] = Archives.Npy("|u1", "1, 2, 2, 2", new byte[8]),
            ["test_labels"] = Archives.Npy("|u1", "1, 1", 1),
        };
        foreach (var (name, content) in instead) arrays[name] = content;
        var members = arrays.Where(array => array.Value is not null).Select(array => ($"{array.Key}.npy", array.Value!));
        return folder.Write("tiny.npz", Archives.Npz(CompressionLevel.Optimal, [.. members]));
    }
}
