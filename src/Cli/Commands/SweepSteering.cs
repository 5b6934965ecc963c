using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit sweep pause|resume|cancel|retry|priority</c>.</summary>
internal static class SweepSteering
{
    public static IEnumerable<Command> Create() =>
    [
        Steer("pause", "Start nothing new of a sweep; what runs is saved and waits", (client, id, cancellation) => client.Pause(id, cancellation)),
        Steer("resume", "Let a paused sweep go on", (client, id, cancellation) => client.Resume(id, cancellation)),
        Steer("cancel", "End a sweep: what runs is stopped, what waits never starts", (client, id, cancellation) => client.Cancel(id, cancellation)),
        Retry(),
        Priority(),
    ];

    private static Command Steer(string verb, string help, Func<ControlPlaneClient, long, CancellationToken, Task<SweepStatus>> steer)
    {
        var id = Shared.Id("sweep");
        var command = new Command(verb, help) { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            Tell(await steer(client, parsed.GetRequiredValue(id), cancellation));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Retry()
    {
        var id = Shared.Id("sweep");
        var failed = new Option<bool>("--failed") { Description = "Exactly the experiments that failed, under the same numbers, from their last checkpoints" };
        var command = new Command("retry", "Give experiments of a sweep another attempt") { id, failed };
        command.Validators.Add(given =>
        {
            if (!given.GetValue(failed)) given.AddError("Say which experiments: --failed means exactly those that failed. One alone: vivit experiment retry ID");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var sweep = parsed.GetRequiredValue(id);
            var again = (await client.RetryFailed(sweep, cancellation)).Experiments;
            foreach (var experiment in again) Terminal.Line($"{experiment}");
            Terminal.Note(again.Count == 0 ? $"Nothing of sweep {sweep} has failed." : $"{again.Count} experiments get another attempt. Follow them: vivit sweep status {sweep} --watch");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Priority()
    {
        var id = Shared.Id("sweep");
        var priority = new Argument<int>("PRIORITY") { Description = $"{SweepSpec.LowestPriority} to {SweepSpec.HighestPriority}; after -- when negative" };
        var command = new Command("priority", "Serve a sweep before others, or after them") { id, priority };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var sweep = await client.SetPriority(parsed.GetRequiredValue(id), parsed.GetRequiredValue(priority), cancellation);
            Terminal.Note($"sweep {sweep.Id} has priority {sweep.Priority}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Tell(SweepStatus sweep)
    {
        var counts = sweep.Counts;
        (int Count, string Name)[] parts =
        [
            (counts.Succeeded, "succeeded"), (counts.Failed, "failed"), (counts.Stopped, "stopped"), (counts.Running, "running"), (counts.Queued, "queued"), (counts.Cancelled, "cancelled"),
        ];
        Terminal.Note($"sweep {sweep.Id} is {TextOf.State(sweep.State)}: {string.Join(", ", parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Name}"))}");
    }
}
