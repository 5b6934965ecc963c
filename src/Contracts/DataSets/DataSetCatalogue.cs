namespace ViViT.Contracts.DataSets;

/// <summary>
/// The data sets that experiments can name, each at 28 and at 64 voxels a side. MedMNIST3D: Yang et al., "MedMNIST v2", Scientific Data 10:41
/// (2023); sizes, labels and checksums as in release 3.0.2 (medmnist/info.py).
/// </summary>
public static class DataSetCatalogue
{
    /// <summary>The generated set, see ViViT.Data.Shapes3D.</summary>
    public const string Shapes3D = "shapes3d";

    private const string CreativeCommons = "CC BY 4.0";

    private static readonly DataSetInfo[] Small =
    [
        MedMnist("organmnist3d", "a0c5a1ff56af4f155c46d46fbb45a2fe", new(971, 161, 610),
            ["liver", "kidney-right", "kidney-left", "femur-right", "femur-left", "bladder", "heart", "lung-right", "lung-left", "spleen", "pancreas"]),
        MedMnist("nodulemnist3d", "8755a7e9e05a4d9ce80a24c3e7a256f3", new(1158, 165, 310), ["benign", "malignant"]),
        MedMnist("adrenalmnist3d", "bbd3c5a5576322bc4cdfea780653b1ce", new(1188, 98, 298), ["normal", "hyperplasia"]),
        MedMnist("fracturemnist3d", "6aa7b0143a6b42da40027a9dda61302f", new(1027, 103, 240),
            ["buckle rib fracture", "nondisplaced rib fracture", "displaced rib fracture"]),
        MedMnist("vesselmnist3d", "b41fd4f7e7e2feedddb201585ecafa1b", new(1335, 191, 382), ["vessel", "aneurysm"]),
        MedMnist("synapsemnist3d", "1235b78a3cd6280881dd7850a78eadb6", new(1230, 177, 352), ["inhibitory synapse", "excitatory synapse"]),
        new(Shapes3D, LabelTask.MultiClass, 28, ["ellipsoid", "box", "torus", "cross"], new(768, 192, 384), "generated, no rights reserved", Download: null),
    ];

    public static IReadOnlyList<DataSetInfo> All { get; } =
    [
        .. Small,
        Large("organmnist3d", "58a2205adf14a9d0a189cb06dc78bf10"),
        Large("nodulemnist3d", "c47c5b7d457bf6332200d2ea6d64ecd8"),
        Large("adrenalmnist3d", "17721accfe9fb005146a47d33bc54b2f"),
        Large("fracturemnist3d", "f01d7e6316aedf4210da0da5b7437b42"),
        Large("vesselmnist3d", "6bb274a8846e1097066dcd64e2c4520f"),
        Large("synapsemnist3d", "43bd14ebf3af9d3dd072446fedc14d5e"),
        Large(Shapes3D, md5: null),
    ];

    /// <summary>The entry of that name, or null.</summary>
    public static DataSetInfo? Find(string name) => All.FirstOrDefault(set => set.Name == name);

    private static DataSetInfo MedMnist(string name, string md5, SplitSizes splits, IReadOnlyList<string> labels) =>
        new(name, labels.Count == 2 ? LabelTask.Binary : LabelTask.MultiClass, 28, labels, splits, CreativeCommons, Release(name, md5));

    // The same samples at 64 voxels a side: a file of its own.
    private static DataSetInfo Large(string name, string? md5) =>
        Small.First(set => set.Name == name) with { Name = $"{name}_64", Size = 64, Download = md5 is null ? null : Release($"{name}_64", md5) };

    private static Download Release(string name, string md5) => new(new Uri($"https://zenodo.org/records/10519652/files/{name}.npz?download=1"), $"{name}.npz", md5);
}
