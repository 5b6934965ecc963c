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
        if (shape is not [var n, var t, var h, var w] || n != count || t != info.Size || h != info.Size || w != info.Size)
        {
            throw new InvalidDataException($"{path}: {split}_images has shape ({string.Join(", ", shape)}); {info.Name} has ({count}, {info.Size}, {info.Size}, {info.Size})");
        }

        var (labels, labelShape) = archive.Integers($"{split}_labels");
        if (labels.Length != count) throw new InvalidDataException($"{path}: {split}_labels has shape ({string.Join(", ", labelShape)}); {info.Name} has ({count}, 1)");
        var wrong = Array.FindIndex(labels, label => label < 0 || label >= info.Classes);
        return wrong < 0
            ? new(voxels, [.. labels.Select(label => (byte)label)])
            : throw new InvalidDataException($"{path}: {split}_labels[{wrong}] is {labels[wrong]}; {info.Name} has classes 0 to {info.Classes - 1}");
    }
}
