using Spectre.Console;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Output;

/// <summary>Follows a sweep to its end on stderr: bars that redraw on a terminal, lines elsewhere. A server that is away is waited for.</summary>
internal sealed class SweepWatch(ControlPlaneClient client, long id, string output, TimeProvider time)
{
    private const int BarsAtMost = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    private readonly long began = time.GetTimestamp();
    private readonly Dictionary<ExperimentId, ExperimentState> told = [];
    private (long Steps, TimeSpan At)? first;
    private TimeSpan lastLine;
    private bool away;

    /// <param name="quiet">Follows without a word.</param>
    /// <returns>The sweep at its end, with as many experiments as the output shows.</returns>
    public async Task<SweepReport> ToEnd(bool quiet, CancellationToken cancellation)
    {
        if (quiet) return await Follow(_ => { }, cancellation);
        if (!Terminal.IsLive) return await Follow(Lines, cancellation);
        SweepReport? end = null;
        await Terminal.Notes.Live(new Text("")).AutoClear(true).StartAsync(async live => end = await Follow(report => live.UpdateTarget(Bars(report)), cancellation));
        return end!;
    }

    private async Task<SweepReport> Follow(Action<SweepReport> show, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var report = await SweepReport.Fetch(client, id, SweepReport.TableRows, cancellation);
                if (away) Terminal.Note("The server is back.");
                away = false;
                first ??= (report.Sweep.StepsDone, Elapsed);
                show(report);
                if (report.Sweep.State.IsFinal()) return await SweepReport.Fetch(client, id, SweepReport.RowsFor(output), cancellation);
            }
            catch (ServerAwayException gone)
            {
                if (!away) Terminal.Note($"{gone.Message} The sweep is safe; waiting for the server.");
                away = true;
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }

    private TimeSpan Elapsed => time.GetElapsedTime(began);

    private void Lines(SweepReport report)
    {
        foreach (var row in report.Experiments.Where(row => told.GetValueOrDefault(row.Id, ExperimentState.Queued) != row.State))
        {
            told[row.Id] = row.State;
            var why = row.Reason is { } reason ? $": {reason}" : "";
            Terminal.Note($"experiment {row.Id} ({TextOf.Cell(row)}) {TextOf.State(row.State)}{(row.State == ExperimentState.Running && row.Attempt > 1 ? $", attempt {row.Attempt}" : "")}{why}");
        }

        if (Elapsed - lastLine < LineEvery) return;
        lastLine = Elapsed;
        Terminal.Note(Overall(report));
    }

    private Rows Bars(SweepReport report)
    {
        var rows = report.Experiments.OrderBy(row => row.State switch { ExperimentState.Running => 0, ExperimentState.Queued => 2, _ => 1 }).Take(BarsAtMost).OrderBy(row => row.Ordinal).ToArray();
        var width = rows.Select(row => TextOf.Cell(row).Length).DefaultIfEmpty(0).Max();
        var bars = rows.Select(row => $"{row.Id,5} {TextOf.Cell(row).PadRight(width)} {TextOf.Bar(Share(row), 24)} {TextOf.State(row.State),-9} {(row.TotalSteps > 0 ? $"{row.Step}/{row.TotalSteps}" : "")}"
            + (row.Metrics.TryGetValue(Contracts.MetricNames.TrainLoss, out var loss) ? $"  loss {TextOf.Number(loss)}" : ""));
        var more = report.Sweep.Counts.Total - rows.Length;
        return new Rows(((string[])[.. bars, .. more > 0 ? [$"      and {more} more"] : (string[])[], Overall(report)]).Select(line => new Text(TextOf.Printable(line))));
    }

    private static double Share(ExperimentRow row) => row.State == ExperimentState.Succeeded ? 1 : row.TotalSteps > 0 ? (double)row.Step / row.TotalSteps : 0;

    private string Overall(SweepReport report)
    {
        var counts = report.Sweep.Counts;
        var line = $"sweep {id}: {counts.Total - counts.Unfinished} of {Expected(report)} done, {counts.Running} running, {counts.Queued} queued, {TextOf.Duration(Elapsed)}";
        return Left(report) is { } left ? $"{line}, about {TextOf.Duration(left)} left" : line;
    }

    // A search has some of its experiments still to choose.
    private static int Expected(SweepReport report) => Math.Max(report.Sweep.Expected, report.Sweep.Counts.Total);

    // Experiments that have not started yet are taken to be as long as the others.
    private TimeSpan? Left(SweepReport report)
    {
        var known = report.Experiments.Where(row => row.TotalSteps > 0).ToArray();
        var (steps, at) = first!.Value;
        var doneHere = report.Sweep.StepsDone - steps;
        if (known.Length == 0 || doneHere <= 0 || Elapsed - at < TimeSpan.FromSeconds(3)) return null;
        var total = known.Average(row => (double)row.TotalSteps) * Expected(report);
        return (Elapsed - at) * (Math.Max(0, total - report.Sweep.StepsDone) / doneHere);
    }
}
