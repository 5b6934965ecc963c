namespace ViViT.Contracts.Specs.Rules;

/// <summary>What a stopping rule must keep to.</summary>
internal static class EarlyStopRules
{
    private const int LargestReduction = 10;
    private const int MostBrackets = 5;
    private const int LatestStartup = 1000;

    public static IEnumerable<SpecProblem> Check(StoppingSpec stopping) =>
    [
        .. Rule.Positive("stopping.min_epochs", stopping.MinEpochs),
        .. Rule.Unless(stopping.Reduction is >= 2 and <= LargestReduction, "stopping.reduction", $"one of {stopping.Reduction} is no reduction", $"Give 2 to {LargestReduction}; 3 or 4 are usual."),
        .. Rule.Unless(stopping.Brackets is >= 2 and <= MostBrackets, "stopping.brackets", $"{stopping.Brackets} is out of range", $"Give 2 to {MostBrackets}; for one bracket give rule: asha."),
        .. Rule.Unless(stopping.Startup is >= 1 and <= LatestStartup, "stopping.startup", $"{stopping.Startup} is out of range", $"Give 1 to {LatestStartup:N0}."),
        .. ObjectiveRules.Check(stopping.Objective, "stopping"),
    ];

    /// <param name="longest">Epochs of the sweep's longest training.</param>
    public static IEnumerable<SpecProblem> CheckLength(StoppingSpec stopping, int longest) => Rule.Unless(
        stopping.MinEpochs < longest, "stopping.min_epochs", $"no experiment is judged: none trains more than {longest} epochs", "Give fewer than training.epochs.");
}
