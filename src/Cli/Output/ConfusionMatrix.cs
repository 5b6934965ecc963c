using System.Globalization;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Output;

/// <summary>Samples by true and told class, as the metrics <see cref="MetricNames.Confusion"/> have them.</summary>
internal static class ConfusionMatrix
{
    private const string Part = "/confusion/";

    public static bool IsPartOfOne(MetricSummary metric) => metric.Metric.Contains(Part, StringComparison.Ordinal);

    /// <summary>One table for each split that has a matrix.</summary>
    /// <param name="data">The set whose labels the classes are.</param>
    public static void Write(IReadOnlyList<MetricSummary> metrics, string data)
    {
        foreach (var split in metrics.Where(IsPartOfOne).GroupBy(metric => metric.Metric[..metric.Metric.IndexOf('/', StringComparison.Ordinal)]))
        {
            Write(split.Key, split.ToDictionary(metric => metric.Metric, metric => metric.LastValue), DataSetCatalogue.Find(data)?.Labels ?? []);
        }
    }

    private static void Write(string split, Dictionary<string, double> counts, IReadOnlyList<string> labels)
    {
        var classes = Math.Max(labels.Count, counts.Keys.Max(Largest) + 1);
        string Label(int label) => label < labels.Count ? labels[label] : $"{label}";
        double Count(int truth, int predicted) => counts.GetValueOrDefault(MetricNames.Confusion(split, truth, predicted));

        Terminal.Line("");
        var table = Terminal.Table([$"{split}: true class", .. Enumerable.Range(0, classes).Select(label => $"told {Label(label)}"), "told right"]);
        foreach (var truth in Enumerable.Range(0, classes))
        {
            var row = Enumerable.Range(0, classes).Select(predicted => Count(truth, predicted)).ToArray();
            var right = row.Sum() > 0 ? (row[truth] / row.Sum()).ToString("0.000", CultureInfo.InvariantCulture) : "";
            table.Row([Label(truth), .. row.Select(TextOf.Number), right]);
        }

        Terminal.Write(table);
    }

    // split/confusion/TRUTH/PREDICTED
    private static int Largest(string metric) => metric.Split('/')[2..].Max(label => int.TryParse(label, CultureInfo.InvariantCulture, out var number) ? number : 0);
}
