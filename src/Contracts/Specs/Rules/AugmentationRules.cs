using ViViT.Contracts.DataSets;

namespace ViViT.Contracts.Specs.Rules;

/// <summary>How far volumes may be changed.</summary>
internal static class AugmentationRules
{
    /// <param name="set">The data set, where its name is known.</param>
    public static IEnumerable<SpecProblem> Check(AugmentationSpec augmentation, DataSetInfo? set) =>
    [
        .. Rule.Probability("training.augmentation.flip", augmentation.Flip),
        .. Rule.Probability("training.augmentation.turn", augmentation.Turn),
        .. Rule.Unless(augmentation.Shift >= 0 && augmentation.Shift < (set?.Size ?? int.MaxValue), "training.augmentation.shift",
            $"a shift by {augmentation.Shift} voxels leaves nothing of the volume", set is null ? "Give a whole number from 0." : $"Give 0 to {set.Size - 1}, better a few."),
        .. Rule.Unless(augmentation.Intensity is >= 0 and <= 1, "training.augmentation.intensity", $"{augmentation.Intensity} is no relative change", "Give 0 to 1, e.g. 0.1."),
        .. Rule.NotBelow0("training.augmentation.mixup", augmentation.Mixup, "alpha of a Beta distribution", "0.2"),
    ];
}
