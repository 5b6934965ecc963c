using System.CommandLine;
using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit worker list</c>.</summary>
internal static class WorkerCommands
{
    public static Command Create() => new("worker", "Look at the workers") { List() };

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
                string[] cells = [worker.Name, worker.Pool, worker.Host, worker.Device, $"{worker.Slots}", $"{worker.Running}", $"{worker.LastSeen.LocalDateTime:yyyy-MM-dd HH:mm:ss}", worker.Alive ? "alive" : "silent", worker.Version];
                table.Row(cells);
            }

            Terminal.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
