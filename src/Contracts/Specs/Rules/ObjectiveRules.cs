namespace ViViT.Contracts.Specs.Rules;

/// <summary>What experiments can be compared by.</summary>
internal static class ObjectiveRules
{
    private static readonly string[] Metrics =
    [
        .. from split in (string[])["validation", "train"]
           from metric in (string[])[MetricNames.Auc(split), MetricNames.Accuracy(split), MetricNames.BalancedAccuracy(split), MetricNames.Loss(split)]
           select metric,
    ];

    /// <param name="section">Where the objective stands: <c>search</c> or <c>stopping</c>.</param>
    public static IEnumerable<SpecProblem> Check(ObjectiveSpec objective, string section)
    {
        var (metric, at) = (objective.Metric, $"{section}.objective");
        if (metric.StartsWith("test/", StringComparison.Ordinal)) return [new($"{at}.metric", "what is chosen by the test split cannot be tested on it", $"Choose by {MetricNames.ValidationAuc}, or another score of the validation split.")];
        if (!Metrics.Contains(metric)) return [new($"{at}.metric", $"no epoch ends with a '{metric}'", Spelling.Suggest(metric, Metrics))];
        var better = metric.EndsWith("loss", StringComparison.Ordinal) ? Goal.Minimize : Goal.Maximize;
        return Rule.Unless(objective.Goal == better, $"{at}.goal", $"a {(better == Goal.Minimize ? "lower" : "higher")} {metric} is the better one", $"Give goal: {(better == Goal.Minimize ? "minimize" : "maximize")}.");
    }
}
