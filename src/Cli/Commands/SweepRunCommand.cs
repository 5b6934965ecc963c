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
        var command = new Command("run", "Run a sweep from its file to its table") { file, output, quiet };
        command.SetAction((parsed, cancellation) => Run(parsed.GetRequiredValue(file), parsed.GetValue(output)!, parsed.GetValue(quiet), cancellation));
        return command;
    }

    private static async Task<int> Run(FileInfo file, string output, bool quiet, CancellationToken cancellation)
    {
        var spec = SweepFileReader.Read(file.ToString());
        var stack = ControlPlaneClient.FromEnvironment() is null ? LocalStack.Default() : null;
        var startedHere = stack is not null && await stack.EnsureUp(Shared.Notes(), cancellation);
        using var client = ControlPlaneClient.Connect();
        long? id = null;
        SweepReport report;
        try
        {
            var sweep = await client.Launch(spec, cancellation);
            id = sweep.Id.Value;
            if (!quiet) Terminal.Note($"sweep {id}: {sweep.Counts.Total} experiments");
            report = await new SweepWatch(client, id.Value, output, TimeProvider.System).ToEnd(quiet, cancellation);
        }
        catch (OperationCanceledException) when (id is not null)
        {
            Terminal.Note($"Detached: sweep {id} goes on. Follow it: vivit sweep status {id} --watch   End it: vivit sweep cancel {id}{(stack is null ? "" : "   Stop everything, to go on later: vivit down")}");
            return ExitCodes.Interrupted;
        }

        report.Write(output);
        if (startedHere && !await OthersRun(client, cancellation)) await stack!.Down(Shared.Notes(), CancellationToken.None);
        return report.ExitCode;
    }

    private static async Task<bool> OthersRun(ControlPlaneClient client, CancellationToken cancellation) =>
        (await client.Sweeps(100, cancellation)).Any(sweep => sweep.State == SweepState.Running);
}
