namespace ViViT.Contracts.DataSets;

/// <summary>What others have reached on the test split of a set.</summary>
/// <param name="Auc">Area under the ROC curve; of several classes the mean of each against the rest.</param>
/// <param name="Accuracy">Share of samples told right.</param>
public sealed record PublishedResult(string Method, double Auc, double Accuracy);

/// <summary>
/// The benchmark of the MedMNIST v2 paper (Yang et al., Scientific Data 10:41, 2023, its table of MedMNIST3D), on the 28-cubes; checked
/// against the table of the project's page (medmnist.com, repository MedMNIST/medmnist.github.io).
/// </summary>
public static class PublishedResults
{
    public const string Source = "Yang et al. 2023, MedMNIST v2, Scientific Data 10:41";

    private static readonly string[] Sets = ["organmnist3d", "nodulemnist3d", "fracturemnist3d", "adrenalmnist3d", "vesselmnist3d", "synapsemnist3d"];

    // AUC and accuracy of each set, in the order above.
    private static readonly (string Method, double[] Scores)[] Table =
    [
        ("ResNet-18 + 2.5D", [.977, .788, .838, .835, .587, .451, .718, .772, .748, .846, .634, .696]),
        ("ResNet-18 + 3D", [.996, .907, .863, .844, .712, .508, .827, .721, .874, .877, .820, .745]),
        ("ResNet-18 + ACS", [.994, .900, .873, .847, .714, .497, .839, .754, .930, .928, .705, .722]),
        ("ResNet-50 + 2.5D", [.974, .769, .835, .848, .552, .397, .732, .763, .751, .877, .669, .735]),
        ("ResNet-50 + 3D", [.994, .883, .875, .847, .725, .494, .828, .745, .907, .918, .851, .795]),
        ("ResNet-50 + ACS", [.994, .889, .886, .841, .750, .517, .828, .758, .912, .858, .719, .709]),
        ("auto-sklearn", [.977, .814, .914, .874, .628, .453, .828, .802, .910, .915, .631, .730]),
        ("AutoKeras", [.979, .804, .844, .834, .642, .458, .804, .705, .773, .894, .538, .724]),
    ];

    /// <summary>Method by method in the order of the paper; empty for sets that it does not have, the 64-cubes among them.</summary>
    public static IReadOnlyList<PublishedResult> Of(string data) =>
        Array.IndexOf(Sets, data) is >= 0 and var set ? [.. Table.Select(row => new PublishedResult(row.Method, row.Scores[2 * set], row.Scores[(2 * set) + 1]))] : [];
}
