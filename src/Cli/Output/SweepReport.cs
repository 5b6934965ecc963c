using Spectre.Console;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Output;

/// <summary>A sweep's experiments as a table, and its end in a line.</summary>
/// <param name="Experiments">In order of ordinal; the first ones where there are very many.</param>
internal sealed record SweepReport(SweepStatus Sweep, IReadOnlyList<ExperimentRow> Experiments)
{
    /// <summary>More rows than this are no table.</summary>
    public const int TableRows = 1_000;

    private const int Page = 5_000;

    // Columns of the table; some only where an experiment has them.
    private static readonly (string Header, string Metric, bool Always)[] Scores =
    [
        ("val acc", MetricNames.ValidationAccuracy, true), ("val auc", MetricNames.ValidationAuc, true), ("test acc", MetricNames.TestAccuracy, true),
        ("test bal acc", MetricNames.BalancedAccuracy("test"), false), ("test auc", MetricNames.TestAuc, true), ("s/epoch", MetricNames.Seconds, false),
    ];

    /// <summary>The sweep as it stands.</summary>
    /// <param name="most">At most this many experiments, the first ones.</param>
    public static async Task<SweepReport> Fetch(ControlPlaneClient client, long id, int most, CancellationToken cancellation)
    {
        var sweep = await client.Sweep(id, cancellation);
        var experiments = new List<ExperimentRow>();
        var wanted = Math.Min(most, sweep.Counts.Total);
        while (experiments.Count < wanted)
        {
            var page = await client.Experiments(id, after: experiments is [.., var last] ? last.Ordinal : -1, Math.Min(Page, wanted - experiments.Count), cancellation);
            if (page.Length == 0) break;
            experiments.AddRange(page);
        }

        return new(sweep, experiments);
    }

    /// <summary>As many experiments as that form of output shows: a program gets them all.</summary>
    public static int RowsFor(string output) => output == "json" ? int.MaxValue : TableRows;

    /// <summary>The exit code that tells how the sweep ended; 0 while it runs.</summary>
    public int ExitCode => ExitCodeOf(Sweep.State);

    /// <inheritdoc cref="ExitCode"/>
    public static int ExitCodeOf(SweepState state) => state switch
    {
        SweepState.Failed => ExitCodes.ExperimentsFailed,
        SweepState.Cancelled => ExitCodes.Cancelled,
        _ => ExitCodes.Done,
    };

    public void Write(string output)
    {
        if (output == "json")
        {
            Terminal.Json(new { sweep = Sweep, experiments = Experiments, published = PublishedComparison.Of(Experiments) });
            return;
        }

        Terminal.Line($"sweep {Sweep.Id}: {Sweep.Name}{(Sweep.Description is { } question ? $" — {question}" : "")}");
        Terminal.Write(Table());
        foreach (var row in Experiments.Where(row => row.Reason is not null && row.State is not ExperimentState.Cancelled).Take(20))
        {
            Terminal.Line($"experiment {row.Id} ({TextOf.State(row.State)}): {row.Reason}");
        }

        // Why the others wait: for each reason the first of them speaks.
        foreach (var waiting in Experiments.Where(row => !row.State.IsFinal() && row.Why is not null).GroupBy(row => row.Why!.Code))
        {
            var why = waiting.First().Why!;
            Terminal.Line($"{waiting.Count()} waiting ({why.Code}): {why.Text}{(why.Remedy is { } remedy ? $"; {remedy}" : "")}");
        }

        PublishedComparison.Write(PublishedComparison.Of(Experiments));
        Terminal.Line(Summary());
    }

    private Table Table()
    {
        var axes = Experiments is [var first, ..] ? first.Axes.Keys.Where(axis => axis != "data.name").ToArray() : [];
        var scores = Scores.Where(score => score.Always || Experiments.Any(row => row.Metrics.ContainsKey(score.Metric))).ToArray();
        var table = Terminal.Table(["id", .. axes.Select(TextOf.Axis), "data", "state", "step", .. scores.Select(score => score.Header), "attempts", ""]);
        var best = Experiments.Where(row => double.IsFinite(row.Metrics.GetValueOrDefault(MetricNames.TestAuc, double.NaN))).GroupBy(row => row.Data)
            .Where(rows => rows.Count() > 1).Select(rows => rows.MaxBy(row => row.Metrics[MetricNames.TestAuc])!.Id).ToHashSet();
        foreach (var row in Experiments)
        {
            string[] cells =
            [
                $"{row.Id}", .. axes.Select(axis => row.Axes.GetValueOrDefault(axis, "")), TextOf.Data(row.Data), TextOf.State(row.State),
                row.TotalSteps > 0 ? $"{row.Step}/{row.TotalSteps}" : "",
                .. scores.Select(score => TextOf.Metric(row, score.Metric)), $"{row.Attempt}", best.Contains(row.Id) ? "← best test auc" : "",
            ];
            table.Row(cells);
        }

        return table;
    }

    private string Summary()
    {
        var counts = Sweep.Counts;
        (int Count, string Name)[] parts =
        [
            (counts.Succeeded, "succeeded"), (counts.Failed, "failed"), (counts.Stopped, "stopped"), (counts.Cancelled, "cancelled"),
            (counts.Running, "running"), (counts.Queued + counts.Pending, "queued"),
        ];
        var told = string.Join(", ", parts.Where(part => part.Count > 0 || part.Name is "succeeded" or "failed").Select(part => $"{part.Count} {part.Name}"));
        var more = Experiments.Count < counts.Total ? $"; the first {Experiments.Count} of {counts.Total} are shown" : "";
        return Sweep.FinishedAt is { } end ? $"{told} in {TextOf.Duration(end - Sweep.CreatedAt)}{more}" : $"{told}{more}";
    }
}
