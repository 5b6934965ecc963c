using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Cli.SweepFiles;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit sweep launch|list|status</c>.</summary>
internal static class SweepCommands
{
    public static Command Create()
    {
        var command = new Command("sweep", "Plan, run, follow and steer sweeps") { SweepRunCommand.Create(), SweepPlanCommand.Create(), Launch(), List(), Status() };
        foreach (var verb in SweepSteering.Create()) command.Add(verb);
        return command;
    }

    private static Command Launch()
    {
        var (file, key) = (Shared.File(), Shared.Key());
        var command = new Command("launch", "Submit a sweep and print its number") { file, key };
        command.SetAction(async (parsed, cancellation) =>
        {
            var spec = SweepFileReader.Read(parsed.GetRequiredValue(file).ToString());
            using var client = ControlPlaneClient.Connect();
            var sweep = await client.Launch(spec, parsed.GetValue(key) ?? Shared.FreshKey(), cancellation);
            Terminal.Line($"{sweep.Id}");
            Terminal.Note($"{sweep.Counts.Total} experiments queued. Follow them: vivit sweep status {sweep.Id} --watch   End them: vivit sweep cancel {sweep.Id}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List()
    {
        var output = Shared.Output();
        var limit = new Option<int>("--limit") { Description = "At most so many", DefaultValueFactory = _ => 20 };
        var command = new Command("list", "The latest sweeps, newest first") { output, limit };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var sweeps = await client.Sweeps(parsed.GetValue(limit), cancellation);
            if (parsed.GetValue(output) == "json")
            {
                Terminal.Json(sweeps);
                return ExitCodes.Done;
            }

            var table = Terminal.Table("id", "name", "state", "experiments", "succeeded", "failed", "running", "queued", "created");
            foreach (var sweep in sweeps)
            {
                var counts = sweep.Counts;
                string[] cells = [$"{sweep.Id}", sweep.Name, TextOf.State(sweep.State), $"{counts.Total}", $"{counts.Succeeded}", $"{counts.Failed}", $"{counts.Running}", $"{counts.Queued}", $"{sweep.CreatedAt.LocalDateTime:yyyy-MM-dd HH:mm}"];
                table.Row(cells);
            }

            Terminal.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Status()
    {
        var (id, output, watch) = (Shared.Id("sweep"), Shared.Output(), Shared.Watch());
        var command = new Command("status", "A sweep's experiments and how far they are") { id, output, watch };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var sweep = parsed.GetRequiredValue(id);
            var (follow, form) = (parsed.GetValue(watch), parsed.GetValue(output)!);
            var report = follow
                ? await new SweepWatch(client, sweep, form, TimeProvider.System).ToEnd(quiet: false, cancellation)
                : await SweepReport.Fetch(client, sweep, SweepReport.RowsFor(form), cancellation);
            report.Write(form);
            return follow ? report.ExitCode : ExitCodes.Done;
        });
        return command;
    }
}
