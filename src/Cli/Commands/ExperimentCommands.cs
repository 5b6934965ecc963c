using System.CommandLine;
using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit experiment show ID</c>.</summary>
internal static class ExperimentCommands
{
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
            else ExperimentReport.Write(await detail, await curves);
            return ExitCodes.Done;
        });
        return command;
    }
}
