using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>Experiments that are judged at the same epochs.</summary>
/// <param name="Milestones">Empty: never.</param>
/// <param name="Experiments">How many they are.</param>
internal sealed record PlannedStopping(IReadOnlyList<int> Milestones, int Experiments)
{
    /// <param name="epochs">Of the longest training.</param>
    /// <param name="experiments">Of the sweep in the end.</param>
    public static IReadOnlyList<PlannedStopping> Of(StoppingSpec stopping, int epochs, int experiments) =>
    [
        .. Enumerable.Range(0, experiments).Select(ordinal => StoppingRules.Milestones(stopping, ordinal, epochs).Where(epoch => epoch >= stopping.MinEpochs).ToArray())
            .GroupBy(milestones => string.Join(' ', milestones)).Select(same => new PlannedStopping(same.First(), same.Count())).OrderBy(plan => plan.Milestones.Count == 0 ? int.MaxValue : plan.Milestones[0]),
    ];

    public static IEnumerable<string> Words(StoppingSpec stopping, IReadOnlyList<PlannedStopping> plans) =>
    [
        $"stopping: {Rule(stopping)} ({PlannedSearch.Objective(stopping.Objective)})",
        .. plans.Select(plan => $"  {plan.Experiments} experiments {plan.When}"),
    ];

    private string When => Milestones switch
    {
        [] => "are never stopped",
        [.., var last] when Milestones.Count > 1 && last - Milestones[0] == Milestones.Count - 1 => $"are judged at each epoch from {Milestones[0]} to {last}",
        [var only] => $"are judged at epoch {only}",
        _ => $"are judged at epochs {string.Join(", ", Milestones)}",
    };

    private static string Rule(StoppingSpec stopping) => stopping.Rule switch
    {
        StoppingRule.Median => $"who is worse than the median of at least {stopping.Startup} others ends",
        StoppingRule.Asha => $"asynchronous halving: one of {stopping.Reduction} that come to a milestone goes on",
        _ => $"Hyperband in {stopping.Brackets} brackets: one of {stopping.Reduction} that come to a milestone of their bracket goes on",
    };
}
