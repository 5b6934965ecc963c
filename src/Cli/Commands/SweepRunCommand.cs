using System.CommandLine;
using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Sweeps;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit sweep run FILE</c>: everything from a file to a table. Starts the local stack if none runs, and stops it again.</summary>
internal static class SweepRunCommand
{
    public static Command Create()
    {
        var (file, output) = (Shared.File(), Shared.Output());
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress" };
        var key = Shared.Key();
        var command = new Command("run", "Run a sweep from its file to its table") { file, output, quiet, key };
        command.SetAction((parsed, cancellation) => Run(parsed.GetRequiredValue(file), parsed.GetValue(key) ?? Shared.FreshKey(), parsed.GetValue(output)!, parsed.GetValue(quiet), cancellation));
        return command;
    }

    private static async Task<int> Run(FileInfo file, string key, string output, bool quiet, CancellationToken cancellation)
    {
        var spec = SweepFileReader.Read(file.ToString());
        var stack = ControlPlaneClient.FromEnvironment() is null ? LocalStack.Default() : null;
        long? id = null;
        var startedHere = false;
        try
        {
            startedHere = stack is not null && await stack.EnsureUp(Shared.Notes(quiet), cancellation);
            using var client = ControlPlaneClient.Connect();
            var sweep = await client.Launch(spec, key, cancellation);
            id = sweep.Id.Value;
            if (!quiet) Terminal.Note($"sweep {id}: {Math.Max(sweep.Expected, sweep.Counts.Total)} experiments");
            var report = await new SweepWatch(client, id.Value, output, TimeProvider.System).ToEnd(quiet, cancellation);
            report.Write(output);
            if (startedHere) await StopUnlessUsed(stack!, client, quiet);
            return report.ExitCode;
        }
        catch (OperationCanceledException)
        {
            var stopAll = stack is null ? "" : "   Stop everything, to go on later: vivit down";
            Terminal.Note(id is null
                ? $"Interrupted before the sweep was submitted.{stopAll}"
                : $"Detached: sweep {id} goes on. Follow it: vivit sweep status {id} --watch   End it: vivit sweep cancel {id}{stopAll}");
            return ExitCodes.Interrupted;
        }
        catch (Exception) when (startedHere)
        {
            Terminal.Note("The local stack that was started for this stays up. Stop it: vivit down");
            throw;
        }
    }

    // The sweep has ended: an interrupt now must not tell that it goes on.
    private static async Task StopUnlessUsed(LocalStack stack, ControlPlaneClient client, bool quiet)
    {
        if ((await client.Sweeps(100, CancellationToken.None)).Any(sweep => !sweep.State.IsFinal())) Terminal.Note("The local stack stays up: another sweep is not over. Stop it: vivit down");
        else await stack.Down(Shared.Notes(quiet), CancellationToken.None);
    }
}
