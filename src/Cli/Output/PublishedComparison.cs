using System.Globalization;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Output;

/// <summary>A set's test results beside those that others have published.</summary>
/// <param name="Experiments">How many of ours have a test result.</param>
/// <param name="Best">The one of the highest test AUC: chosen on the test split itself, so better than it would be on new data.</param>
/// <param name="Mean">The mean of all of ours.</param>
internal sealed record PublishedComparison(
    string Data, int Experiments, PublishedComparison.Result Best, PublishedComparison.Result Mean, string Source, IReadOnlyList<PublishedResult> Published)
{
    /// <param name="Experiment">Its number; null for a mean.</param>
    public sealed record Result(ExperimentId? Experiment, double Auc, double Accuracy);

    /// <summary>One for each set that has results of both kinds, in the order of the rows.</summary>
    public static IReadOnlyList<PublishedComparison> Of(IEnumerable<ExperimentRow> rows) =>
    [
        .. rows.Select(row => (row.Data, Result: TestOf(row))).Where(row => row.Result is not null).GroupBy(row => row.Data, row => row.Result!)
            .Select(own => Of(own.Key, [.. own])).Where(comparison => comparison.Published.Count > 0),
    ];

    private static PublishedComparison Of(string data, Result[] own) => new(
        data, own.Length, own.MaxBy(result => result.Auc)!, new(Experiment: null, own.Average(result => result.Auc), own.Average(result => result.Accuracy)),
        PublishedResults.Source, PublishedResults.Of(data));

    private static Result? TestOf(ExperimentRow row) =>
        row.Metrics.TryGetValue(MetricNames.TestAuc, out var auc) && row.Metrics.TryGetValue(MetricNames.TestAccuracy, out var accuracy) && double.IsFinite(auc) && double.IsFinite(accuracy)
            ? new(row.Id, auc, accuracy)
            : null;

    /// <summary>A line for each method, a column for each set.</summary>
    public static void Write(IReadOnlyList<PublishedComparison> comparisons)
    {
        if (comparisons.Count == 0) return;
        Terminal.Line("");
        var table = Terminal.Table(["test auc / acc", .. comparisons.Select(set => set.Data)]);
        table.Row(["ours, best", .. comparisons.Select(set => $"{Text(set.Best.Auc, set.Best.Accuracy)} ({set.Best.Experiment})")]);
        table.Row(["ours, mean", .. comparisons.Select(set => $"{Text(set.Mean.Auc, set.Mean.Accuracy)} of {set.Experiments}")]);
        foreach (var (index, method) in comparisons[0].Published.Index())
        {
            table.Row([method.Method, .. comparisons.Select(set => Text(set.Published[index].Auc, set.Published[index].Accuracy))]);
        }

        Terminal.Write(table);
        Terminal.Line($"Published: {comparisons[0].Source}. Our best is chosen on the test split itself; the mean is not.");
    }

    private static string Text(double auc, double accuracy) => string.Create(CultureInfo.InvariantCulture, $"{auc:0.000} / {accuracy:0.000}");
}
