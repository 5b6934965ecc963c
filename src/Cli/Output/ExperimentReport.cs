using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Output;

/// <summary>One experiment in full: settings, attempts, results, curves, confusion matrix.</summary>
internal static class ExperimentReport
{
    private const int CurveWidth = 60;

    public static void Write(ExperimentDetail experiment, IReadOnlyList<Curve> curves)
    {
        Head(experiment);
        Terminal.Line("");
        Attempts(experiment.Attempts);
        Metrics(experiment.Metrics, curves);
        ConfusionMatrix.Write(experiment.Metrics, experiment.Spec.Data.Name);
    }

    private static void Head(ExperimentDetail experiment)
    {
        var row = experiment.Row;
        Terminal.Line($"experiment {row.Id} of sweep {row.Sweep}: {TextOf.Cell(row)}");
        Terminal.Line($"{TextOf.State(row.State)} since {row.StateSince.LocalDateTime:yyyy-MM-dd HH:mm:ss}{(row.TotalSteps > 0 ? $", step {row.Step} of {row.TotalSteps}" : "")}{(row.Worker is { } worker ? $", on {worker}" : "")}");
        if (row.Reason is { } reason) Terminal.Line(reason);
        if (row.Why is { } why && !row.State.IsFinal()) Terminal.Line($"why: {why.Text}");
        if (row.Why?.Remedy is { } remedy) Terminal.Line($"what would change it: {remedy}");
        Terminal.Line("");
        Terminal.Line($"data      {TextOf.Data(experiment.Spec.Data.Name)}{(experiment.Spec.Data.Limit is { } limit ? $", at most {limit} samples a split" : "")}");
        Terminal.Line($"model     {Settings(experiment.Spec.Model)}");
        Terminal.Line($"training  {Settings(experiment.Spec.Training)} seed={experiment.Spec.Seed}");
        if (experiment.Checkpoint is { } checkpoint) Terminal.Line($"checkpoint at step {checkpoint.Step}, {TextOf.Bytes(checkpoint.Bytes)}, {checkpoint.Path}");
        if (Test(experiment.Metrics) is { Length: > 0 } test) Terminal.Line($"test      {test}");
    }

    private static string Test(IReadOnlyList<MetricSummary> metrics)
    {
        (string Name, string Metric)[] scores = [("auc", MetricNames.TestAuc), ("accuracy", MetricNames.TestAccuracy), ("balanced accuracy", MetricNames.BalancedAccuracy("test")), ("loss", MetricNames.TestLoss)];
        return string.Join(", ", scores.Select(score => (score.Name, Value: metrics.FirstOrDefault(metric => metric.Metric == score.Metric)?.LastValue))
            .Where(score => score.Value is not null).Select(score => $"{score.Name} {TextOf.Number(score.Value!.Value)}"));
    }

    private static void Attempts(IReadOnlyList<AttemptRow> rows)
    {
        var attempts = Terminal.Table("attempt", "worker", "from step", "started", "took", "outcome", "class", "reason");
        foreach (var attempt in rows)
        {
            string[] cells =
            [
                $"{attempt.Attempt}", attempt.Worker, $"{attempt.ResumedStep ?? 0}", $"{attempt.StartedAt.LocalDateTime:yyyy-MM-dd HH:mm:ss}",
                attempt.EndedAt is { } ended ? TextOf.Duration(ended - attempt.StartedAt) : "", attempt.Outcome ?? "running", attempt.Class is { } failure ? TextOf.State(failure) : "", attempt.Reason ?? "",
            ];
            attempts.Row(cells);
        }

        Terminal.Write(attempts);
    }

    private static void Metrics(IReadOnlyList<MetricSummary> summaries, IReadOnlyList<Curve> curves)
    {
        var metrics = Terminal.Table("metric", "points", "last", "least", "greatest", "curve");
        foreach (var metric in summaries.Where(metric => !ConfusionMatrix.IsPartOfOne(metric)))
        {
            var curve = curves.FirstOrDefault(one => one.Metric == metric.Metric);
            string[] cells =
            [
                metric.Metric, $"{metric.Count}", TextOf.Number(metric.LastValue), metric.Min is { } min ? TextOf.Number(min) : "", metric.Max is { } max ? TextOf.Number(max) : "",
                curve is { Values.Count: > 1 } ? TextOf.Sparkline(curve.Values, CurveWidth) : "",
            ];
            metrics.Row(cells);
        }

        Terminal.Write(metrics);
    }

    // Sections within a section show where they are not as they are by default.
    private static string Settings<T>(T section)
        where T : new() => string.Join(' ', Flat(JsonSerializer.SerializeToElement(section, ContractsJson.Options), JsonSerializer.SerializeToElement(new T(), ContractsJson.Options), ""));

    private static IEnumerable<string> Flat(JsonElement section, JsonElement usual, string prefix) => section.EnumerateObject().SelectMany(setting => setting.Value.ValueKind != JsonValueKind.Object
        ? [$"{prefix}{setting.Name}={setting.Value}"]
        : JsonElement.DeepEquals(setting.Value, usual.GetProperty(setting.Name)) ? [] : Flat(setting.Value, usual.GetProperty(setting.Name), $"{prefix}{setting.Name}."));
}
