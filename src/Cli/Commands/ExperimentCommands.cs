using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit experiment show|logs|retry|cancel ID</c>.</summary>
internal static class ExperimentCommands
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.5);

    public static Command Create() => new("experiment", "Look at one experiment, and steer it")
    {
        Show(),
        Logs(),
        Steer("retry", "Another attempt at one that failed or was cancelled, from its last checkpoint", (client, id, cancellation) => client.RetryExperiment(id, cancellation)),
        Steer("cancel", "End it; the others of its sweep go on", (client, id, cancellation) => client.CancelExperiment(id, cancellation)),
    };

    private static Command Show()
    {
        var (id, output) = (Shared.Id("experiment"), Shared.Output());
        var command = new Command("show", "Why it is where it is, settings, attempts, results and curves") { id, output };
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

    private static Command Logs()
    {
        var (id, output, follow) = (Shared.Id("experiment"), Shared.Output(), Shared.Follow());
        var command = new Command("logs", "What its trainers wrote, of all attempts") { id, output, follow };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var (experiment, asJson) = (parsed.GetRequiredValue(id), parsed.GetValue(output) == "json");
            var after = 0L;
            while (await Page() > 0)
            {
                // The next page.
            }

            if (!parsed.GetValue(follow)) return ExitCodes.Done;
            await Following.Server(async () =>
            {
                if (await Page() == 0) await Task.Delay(LookEvery, cancellation);
            }, cancellation);
            return ExitCodes.Done;

            async Task<int> Page()
            {
                var lines = await client.Logs(experiment, after, cancellation);
                foreach (var line in lines)
                {
                    if (asJson) Terminal.JsonLine(line);
                    else Terminal.Line($"{line.At.LocalDateTime:yyyy-MM-dd HH:mm:ss.fff}  [{line.Attempt}] {line.Text}");
                    after = line.Id;
                }

                return lines.Length;
            }
        });
        return command;
    }

    private static Command Steer(string verb, string help, Func<ControlPlaneClient, long, CancellationToken, Task<ExperimentDetail>> steer)
    {
        var id = Shared.Id("experiment");
        var command = new Command(verb, help) { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var row = (await steer(client, parsed.GetRequiredValue(id), cancellation)).Row;
            Terminal.Note($"experiment {row.Id} is {TextOf.State(row.State)}{(row.Why is { } why ? $": {why.Text}" : "")}");
            return ExitCodes.Done;
        });
        return command;
    }
}
