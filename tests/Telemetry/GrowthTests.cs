using System.Globalization;
using ViViT.Bench.Orchestrator;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

/// <summary>What is counted grows, what it is counted under does not.</summary>
public class GrowthTests
{
    // The frameworks count under names of their own, such as a route with a status that it had not had, which come one by one.
    private const int OfOthers = 100;

    [Fact]
    public async Task A_thousand_experiments_leave_as_many_series_as_ten()
    {
        await using var database = await PostgresServer.CreateDatabase();
        await using var stack = await Stack.Start(database, worker: false);
        await using var worker = await FakeWorker.Start(stack.Api, slots: 4);
        await Work(10);
        var few = await Idle(experiments: 10, sweeps: 1);

        await Work(990);
        var many = await Idle(experiments: 1_000, sweeps: 2);

        var come = many.Except(few).ToList();
        Assert.True(few.Count(Ours) > 20, string.Join('\n', few));
        Assert.DoesNotContain(come, Ours);
        Assert.True(come.Count < OfOthers, string.Join('\n', come));

        async Task Work(int experiments)
        {
            var sweep = await stack.Api.Submit(Sweeps.Of(experiments));
            await worker.Work(4, experiments, held => stack.Api.Flush(Api.Body<MetricFlush[]>([new(held.Experiment, held.Fence, 0, 1, 1, [new("train/loss", [1], [0.5])])]), count: 1));
            await stack.UntilEnded(sweep.Id);
        }

        // The gauges follow the counters after a few seconds.
        async Task<HashSet<string>> Idle(int experiments, int sweeps)
        {
            var scrape = await stack.Until(() => stack.Scrape(stack.SiloManagement), text =>
                Value(text, "vivit_experiments_ended_total{") == experiments && Value(text, "vivit_sweeps{state=\"succeeded\"}") == sweeps && Value(text, "vivit_experiments_running{") == 0);
            return [.. scrape.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.LastIndexOf(' ')])];
        }
    }

    private static bool Ours(string series) => series.StartsWith("vivit_", StringComparison.Ordinal);

    // NaN as long as there is none.
    private static double Value(string scrape, string series)
    {
        var values = scrape.Split('\n').Where(line => line.StartsWith(series, StringComparison.Ordinal)).Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).ToList();
        return values.Count == 0 ? double.NaN : values.Sum();
    }
}
