using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>Series are as many after a thousand experiments as after ten: no label is a name or number of one of them.</summary>
public sealed class CardinalityTests
{
    private const string Pool = "local";

    [Fact]
    public async Task A_thousand_experiments_make_no_more_series_than_ten()
    {
        await using var metered = await MeteredSilo.On(await PostgresServer.CreateEmptyDatabase());
        await Train(metered, experiments: 10, workers: 2, from: 0);
        var few = await Settled(metered, ended: 10);

        await Train(metered, experiments: 990, workers: 20, from: 100);

        var many = await Settled(metered, ended: 1_000);
        Assert.Equal(1_000, many.Value("vivit_experiments_ended_total"));
        Assert.Equal([], many.Series.Except(few.Series).Where(IsOurs).Order(StringComparer.Ordinal));
        Assert.True(many.Series.Count(IsOurs) > 50);
    }

    [Fact]
    public async Task Names_of_pools_that_nobody_serves_count_together()
    {
        await using var metered = await MeteredSilo.On(await PostgresServer.CreateEmptyDatabase());
        for (var pool = 0; pool < 60; pool++) await metered.Submit($"made-up-{pool}", experiments: 1);
        await metered.Submit("real", experiments: 1);
        await metered.Beat("real");
        var lease = await metered.Lease("real");
        await metered.End(lease);

        var seen = await metered.ScrapeUntil(scrape => scrape.Value("vivit_queue_depth") == 60 && scrape.Value("vivit_workers", "pool=\"real\"", "state=\"ready\"") == 1);

        Assert.True(seen.Value("vivit_queue_depth", "pool=\"other\"") >= 10);
        Assert.InRange(seen.Series.Count(series => Scrape.NameOf(series) == "vivit_queue_depth"), 51, 52); // the first fifty, the rest, and the real one if it is not among the first
    }

    // Each does all that a worker does; some of what it reports is late, some fails.
    private static async Task Train(MeteredSilo metered, int experiments, int workers, int from)
    {
        await metered.Submit(Pool, experiments);
        var left = experiments;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var lease = await metered.Lease(Pool, $"worker-{from + worker}");
                await metered.Beat(Pool, $"worker-{from + worker}", lease);
                await metered.Flush(lease, 0, points: 2);
                await metered.Flush(lease, 0, points: 2);
                await metered.Flush(lease, 5, points: 2);
                await metered.Commit(lease, step: 2, bytes: 10);
                await (lease.Id.Value % 10 == 0 ? metered.End(lease, AttemptResult.Failed, FailureClass.Numerical) : metered.End(lease));
                await metered.Flush(lease, 1, points: 2);
            }
        }));
    }

    private static Task<Scrape> Settled(MeteredSilo metered, int ended) => metered.ScrapeUntil(scrape =>
        scrape.Value("vivit_experiments_ended_total") == ended && scrape.Value("vivit_experiments_running", $"pool=\"{Pool}\"") == 0 && scrape.Value("vivit_workers", "state=\"ready\"") > 0);

    private static bool IsOurs(string series) => series.StartsWith("vivit_", StringComparison.Ordinal);
}
