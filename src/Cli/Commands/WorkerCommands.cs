using System.CommandLine;
using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit worker list|cordon|uncordon|drain</c>.</summary>
internal static class WorkerCommands
{
    public static Command Create() => new("worker", "Look at the workers, and steer them") { List(), Cordon(), Uncordon(), Drain() };

    private static Command List()
    {
        var output = Shared.Output();
        var command = new Command("list", "The workers of every pool") { output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var workers = await client.Workers(cancellation);
            if (parsed.GetValue(output) == "json")
            {
                Terminal.Json(workers);
                return ExitCodes.Done;
            }

            var table = Terminal.Table("name", "pool", "host", "device", "slots", "running", "last heard", "", "version");
            foreach (var worker in workers)
            {
                var standing = !worker.Alive ? "silent" : worker.Draining ? "draining" : worker.Cordoned is { } reason ? $"cordoned: {reason}" : "alive";
                string[] cells = [worker.Name, worker.Pool, worker.Host, worker.Device, $"{worker.Slots}", $"{worker.Running}", $"{worker.LastSeen.LocalDateTime:yyyy-MM-dd HH:mm:ss}", standing, worker.Version];
                table.Row(cells);
            }

            Terminal.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Cordon()
    {
        var name = Name();
        var reason = new Option<string>("--reason") { Description = "Why, for whoever looks at the list", DefaultValueFactory = _ => "By its user." };
        var command = new Command("cordon", "No more work for a worker; what it has goes on") { name, reason };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            await client.Cordon(parsed.GetRequiredValue(name), parsed.GetValue(reason)!, cancellation);
            Terminal.Note($"worker {parsed.GetRequiredValue(name)} gets no more work. Let it work again: vivit worker uncordon {parsed.GetRequiredValue(name)}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Uncordon() => Steer("uncordon", "Let a worker work again",
        (client, name, cancellation) => client.Uncordon(name, cancellation), name => $"worker {name} gets work again");

    private static Command Drain() => Steer("drain", "No more work for a worker; it saves and hands back what it has, then ends",
        (client, name, cancellation) => client.Drain(name, cancellation), name => $"worker {name} drains. See how far it is: vivit worker list");

    private static Command Steer(string verb, string help, Func<ControlPlaneClient, string, CancellationToken, Task> steer, Func<string, string> told)
    {
        var name = Name();
        var command = new Command(verb, help) { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var worker = parsed.GetRequiredValue(name);
            await steer(client, worker, cancellation);
            Terminal.Note(told(worker));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "As vivit worker list shows it" };
}
