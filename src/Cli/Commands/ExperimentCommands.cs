using System.CommandLine;
using System.Text.Json;
using ViViT.Cli.Output;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit experiment show ID</c>.</summary>
internal static class ExperimentCommands
{
    private const int CurveWidth = 60;

    public static Command Create() => new("experiment", "Look at one experiment") { Show() };

    private static Command Show()
    {
        var (id, output) = (Shared.Id("experiment"), Shared.Output());
        var command = new Command("show", "Settings, attempts, results and curves") { id, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var detail = client.Experiment(parsed.GetRequiredValue(id), cancellation);
            var curves = client.Curves(parsed.GetRequiredValue(id), cancellation);
            if (parsed.GetValue(output) == "json") Terminal.Json(new { experiment = await detail, curves = await curves });
            else Write(await detail, await curves);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(ExperimentDetail experiment, Curve[] curves)
    {
        var row = experiment.Row;
        Terminal.Line($"experiment {row.Id} of sweep {row.Sweep}: {TextOf.Cell(row)}");
        Terminal.Line($"{TextOf.State(row.State)} since {row.StateSince.LocalDateTime:yyyy-MM-dd HH:mm:ss}{(row.TotalSteps > 0 ? $", step {row.Step} of {row.TotalSteps}" : "")}{(row.Worker is { } worker ? $", on {worker}" : "")}");
        if (row.Reason is { } reason) Terminal.Line(reason);
        Terminal.Line("");
        Terminal.Line($"data      {TextOf.Data(experiment.Spec.Data.Name)}{(experiment.Spec.Data.Limit is { } limit ? $", at most {limit} samples a split" : "")}");
        Terminal.Line($"model     {Settings(experiment.Spec.Model)}");
        Terminal.Line($"training  {Settings(experiment.Spec.Training)} seed={experiment.Spec.Seed}");
        if (experiment.Checkpoint is { } checkpoint) Terminal.Line($"checkpoint at step {checkpoint.Step}, {TextOf.Bytes(checkpoint.Bytes)}, {checkpoint.Path}");
        Terminal.Line("");

        var attempts = Terminal.Table("attempt", "worker", "from step", "started", "took", "outcome", "reason");
        foreach (var attempt in experiment.Attempts)
        {
            string[] cells =
            [
                $"{attempt.Attempt}", attempt.Worker, $"{attempt.ResumedStep ?? 0}", $"{attempt.StartedAt.LocalDateTime:yyyy-MM-dd HH:mm:ss}",
                attempt.EndedAt is { } ended ? TextOf.Duration(ended - attempt.StartedAt) : "", attempt.Outcome ?? "running", attempt.Reason ?? "",
            ];
            attempts.Row(cells);
        }

        Terminal.Write(attempts);
        var metrics = Terminal.Table("metric", "points", "last", "least", "greatest", "curve");
        foreach (var metric in experiment.Metrics)
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

    private static string Settings<T>(T section) => string.Join(' ', JsonSerializer.SerializeToElement(section, ContractsJson.Options).EnumerateObject().Select(setting => $"{setting.Name}={setting.Value}"));
}
