using ViViT.Contracts.DataSets;
using ViViT.Data.Npy;

namespace ViViT.Data;

/// <summary>Reads a MedMNIST3D archive: <c>{train,val,test}_images</c> (N, S, S, S) of bytes, <c>…_labels</c> (N, 1) of any integer type.</summary>
internal static class MedMnistReader
{
    /// <exception cref="InvalidDataException">The file is not what the catalogue says.</exception>
    public static VolumeSet Read(string path, DataSetInfo info)
    {
        using var archive = new NpzFile(path);
        return new()
        {
            Info = info,
            Train = Split(archive, path, info, "train", info.Splits.Train),
            Validation = Split(archive, path, info, "val", info.Splits.Validation),
            Test = Split(archive, path, info, "test", info.Splits.Test),
        };
    }

    private static VolumeSplit Split(NpzFile archive, string path, DataSetInfo info, string split, int count)
    {
        var (voxels, shape) = archive.Bytes($"{split}_images");
        Expect(shape, [count, info.Size, info.Size, info.Size], $"{path}: {split}_images", info);
        var (labels, labelShape) = archive.Integers($"{split}_labels");
        Expect(labelShape, [count, 1], $"{path}: {split}_labels", info);

        var wrong = Array.FindIndex(labels, label => label < 0 || label >= info.Classes);
        return wrong < 0
            ? new(voxels, [.. labels.Select(label => (byte)label)])
            : throw new InvalidDataException($"{path}: {split}_labels[{wrong}] is {labels[wrong]}; {info.Name} has classes 0 to {info.Classes - 1}");
    }

    private static void Expect(IReadOnlyList<int> shape, int[] expected, string array, DataSetInfo info)
    {
        if (shape.SequenceEqual(expected)) return;
        throw new InvalidDataException($"{array} has shape ({string.Join(", ", shape)}); {info.Name} has ({string.Join(", ", expected)})");
    }
}
