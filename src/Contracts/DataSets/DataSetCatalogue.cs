namespace ViViT.Contracts.DataSets;

/// <summary>
/// The data sets that experiments can name. MedMNIST3D: Yang et al., "MedMNIST v2", Scientific Data 10:41 (2023); sizes, labels and
/// checksums as in release 3.0.2.
/// </summary>
public static class DataSetCatalogue
{
    /// <summary>The generated set, see ViViT.Data.Shapes3D.</summary>
    public const string Shapes3D = "shapes3d";

    private const string CreativeCommons = "CC BY 4.0";

    public static IReadOnlyList<DataSetInfo> All { get; } =
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

    /// <summary>The entry of that name, or null.</summary>
    public static DataSetInfo? Find(string name) => All.FirstOrDefault(set => set.Name == name);

    private static DataSetInfo MedMnist(string name, string md5, SplitSizes splits, IReadOnlyList<string> labels) =>
        new(name, labels.Count == 2 ? LabelTask.Binary : LabelTask.MultiClass, 28, labels, splits, CreativeCommons,
            new Download(new Uri($"https://zenodo.org/records/10519652/files/{name}.npz?download=1"), $"{name}.npz", md5));
}
