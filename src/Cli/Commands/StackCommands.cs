using System.CommandLine;
using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit up</c> and <c>vivit down</c>.</summary>
internal static class StackCommands
{
    public static Command Up()
    {
        var command = new Command("up", "Start PostgreSQL, silo and a worker on this machine");
        command.SetAction(async (_, cancellation) =>
        {
            var stack = LocalStack.Default();
            var started = await stack.EnsureUp(Shared.Notes(), cancellation);
            Terminal.Note($"{(started ? "Up" : "Was up already")}: {stack.Connection!.Server}. Logs: {stack.LogFolder}   Metrics: {string.Join(' ', stack.Metrics)}   Stop it: vivit down");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Down()
    {
        var command = new Command("down", "Stop them; unfinished trainings are checkpointed and go on after the next `vivit up`");
        command.SetAction(async (_, cancellation) =>
        {
            if (!await LocalStack.Default().Down(Shared.Notes(), cancellation)) Terminal.Note("Nothing ran.");
            return ExitCodes.Done;
        });
        return command;
    }
}
