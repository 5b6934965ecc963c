using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit events</c>: what the system did and why.</summary>
internal static class EventsCommand
{
    private const double WaitSeconds = 20;

    public static Command Create()
    {
        var output = Shared.Output();
        var follow = Shared.Follow();
        var sweep = new Option<long?>("--sweep") { Description = "Only those of this sweep" };
        var experiment = new Option<long?>("--experiment") { Description = "Only those of this experiment" };
        var limit = new Option<int>("--limit") { Description = "At most so many, the latest", DefaultValueFactory = _ => 50 };
        var command = new Command("events", "What the system did and why") { output, follow, sweep, experiment, limit };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var asJson = parsed.GetValue(output) == "json";
            var (ofSweep, ofExperiment) = (parsed.GetValue(sweep), parsed.GetValue(experiment));
            var events = await client.Events(after: null, ofSweep, ofExperiment, parsed.GetValue(limit), waitSeconds: 0, cancellation);
            Write(events, asJson);
            if (!parsed.GetValue(follow)) return ExitCodes.Done;

            var last = events is [.., var newest] ? newest.Id : 0;
            await Following.Server(async () =>
            {
                var news = await client.Events(last, ofSweep, ofExperiment, limit: 1_000, WaitSeconds, cancellation);
                Write(news, asJson);
                if (news.Length > 0) last = news[^1].Id;
            }, cancellation);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(IEnumerable<EventRow> events, bool asJson)
    {
        foreach (var one in events)
        {
            if (asJson) Terminal.JsonLine(one);
            else Terminal.Line($"{one.At.LocalDateTime:yyyy-MM-dd HH:mm:ss.fff}  {one.Kind,-22}{About(one)}  {one.Text}{(one.By is { } by && !one.Text.Contains(by, StringComparison.Ordinal) ? $" (by {by})" : "")}");
        }
    }

    private static string About(EventRow one) =>
        (one.Experiment is { } experiment ? $" experiment {experiment}" : one.Sweep is { } sweep ? $" sweep {sweep}" : "") + (one.Worker is { } worker ? $" on {worker}" : "");
}
