using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Contracts.DataSets;
using ViViT.Data;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit data list</c> and <c>vivit data get NAME</c>.</summary>
internal static class DataCommands
{
    public static Command Create() => new("data", "See and fetch data sets") { List(), Get() };

    private static Command List()
    {
        var output = Shared.Output();
        var command = new Command("list", "The data sets that experiments can name") { output };
        command.SetAction(parsed =>
        {
            var data = new DataSets(DataFolder.Default());
            var sets = DataSetCatalogue.All.Select(set => data.Locate(set.Name)).ToArray();
            if (parsed.GetValue(output) == "json")
            {
                Terminal.Json(sets);
                return ExitCodes.Done;
            }

            var table = Terminal.Table("name", "task", "classes", "train/val/test", "voxels", "licence", "here");
            foreach (var set in sets)
            {
                var info = set.Info;
                string[] cells =
                [
                    TextOf.Data(info.Name), TextOf.State(info.Task), $"{info.Classes}", $"{info.Splits.Train}/{info.Splits.Validation}/{info.Splits.Test}", $"{info.Size}³", info.Licence,
                    info.IsSynthetic ? "generated when needed" : set.Present ? $"{set.Path} ({TextOf.Bytes(set.Bytes)})" : $"no: vivit data get {info.Name}",
                ];
                table.Row(cells);
            }

            Terminal.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Get()
    {
        var name = new Argument<string>("NAME") { Description = "One of `vivit data list`" };
        name.CompletionSources.Add([.. DataSetCatalogue.All.Where(set => !set.IsSynthetic).Select(set => set.Name)]);
        var command = new Command("get", "Fetch a data set into the data folder, or check the one that is there") { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            var path = await new DataSets(DataFolder.Default()).Fetch(wanted, new Progress(TimeProvider.System), cancellation);
            if (path is null) Terminal.Note($"{wanted} is generated when needed; there is nothing to fetch.");
            else Terminal.Line(path);
            return ExitCodes.Done;
        });
        return command;
    }

    private sealed class Progress(TimeProvider time) : IProgress<DownloadProgress>
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
        private long? last;

        public void Report(DownloadProgress value)
        {
            if (last is { } told && time.GetElapsedTime(told) < Every && value.Done != value.Total) return;
            last = time.GetTimestamp();
            Terminal.Note($"{TextOf.Bytes(value.Done)}{(value.Total is { } total ? $" of {TextOf.Bytes(total)}" : "")}");
        }
    }
}
