using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>A silo with a management address, and a worker's side of the protocol.</summary>
public sealed class MeteredSilo : IAsyncLifetime
{
    internal const string Worker = "metered-worker";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // An answer is given again for 300 ms.
    private static readonly TimeSpan ScrapeIsKept = TimeSpan.FromMilliseconds(400);

    internal TestDatabase Database { get; private set; } = null!;

    internal SiloProcess Silo { get; private set; } = null!;

    /// <summary>Speaks to the management address, without a token.</summary>
    internal HttpClient Management { get; } = new() { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Find()}"), Timeout = Patience };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Start(await PostgresServer.CreateEmptyDatabase());

    /// <summary>On this database, which it then owns.</summary>
    internal static async Task<MeteredSilo> On(TestDatabase database, params (string Name, string Value)[] settings)
    {
        var metered = new MeteredSilo();
        await metered.Start(database, settings);
        return metered;
    }

    public async ValueTask DisposeAsync()
    {
        Management.Dispose();
        await Silo.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Shows all that happened before.</summary>
    internal async Task<Scrape> Scrape()
    {
        await Task.Delay(ScrapeIsKept, Stop);
        return await ScrapeOnce();
    }

    /// <summary>The first scrape that is as it is waited for.</summary>
    internal async Task<Scrape> ScrapeUntil(Func<Scrape, bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        while (true)
        {
            var scrape = await ScrapeOnce();
            if (holds(scrape)) return scrape;
            Assert.False(patience.IsCancellationRequested, $"Not as expected for {Patience}:\n{string.Join('\n', scrape.Series.Where(series => series.StartsWith("vivit_", StringComparison.Ordinal)))}\n{Silo.Log}");
            await Task.Delay(100, Stop);
        }
    }

    internal Task<SweepStatus> Submit(string pool, int experiments, int maxAttempts = 5) => Silo.Post<SweepStatus>(Routes.Sweeps, new SweepSpec
    {
        Name = "metered",
        Pool = pool,
        Group = GroupSetting.Off,
        MaxAttempts = maxAttempts,
        Experiment = new() { Data = new() { Name = "shapes3d" } },
        Grid = new Dictionary<string, IReadOnlyList<System.Text.Json.JsonElement>>
        {
            ["seed"] = [.. Enumerable.Range(0, experiments).Select(seed => System.Text.Json.JsonSerializer.SerializeToElement(seed))],
        },
    });

    /// <summary>The next lease of the pool, waited for.</summary>
    internal async Task<LeasedExperiment> Lease(string pool, string worker = Worker) => Assert.Single(
        (await Silo.Post<Lease>(Routes.Fill(Routes.WorkerLease, worker), new LeaseRequest(pool, "0", "cpu", "cpu/test", 1, 30))).Experiments);

    internal Task<HeartbeatReply> Beat(string pool, params LeasedExperiment[] held) => Beat(pool, Worker, held);

    internal Task<HeartbeatReply> Beat(string pool, string worker, params LeasedExperiment[] held) => Silo.Post<HeartbeatReply>(
        Routes.Fill(Routes.WorkerHeartbeat, worker), new Heartbeat(pool, "host", [new("slot-0", "cpu/test", 1, null), new("slot-1", "cpu/test", 1, null)], "cpu", "1", [.. held.Select(one => one.Held)]));

    internal async Task<ReportStatus> Flush(LeasedExperiment lease, int seq, int points) => Assert.Single(await Silo.Post<ReportReply[]>(Routes.MetricFlushes, new[]
    {
        new MetricFlush(lease.Id, lease.Fence, seq, points, points, [new("train/loss", [.. Enumerable.Range((seq * points) + 1, points).Select(step => (long)step)], [.. Enumerable.Repeat(0.5, points)])]),
    })).Status;

    internal async Task<ReportStatus> Commit(LeasedExperiment lease, long step, long bytes) => (await Silo.Post<ReportReply>(
        Routes.Checkpoints, new CheckpointCommit(lease.Id, lease.Fence, new(step, $"experiment-{lease.Id}/{step}", new string('a', 64), bytes)))).Status;

    internal async Task<ReportStatus> End(LeasedExperiment lease, AttemptResult result = AttemptResult.Succeeded, FailureClass? why = null) => (await Silo.Post<ReportReply>(
        Routes.Outcomes, new OutcomeReport(lease.Id, lease.Fence, new(result, why, why is null ? null : "as the test wants")))).Status;

    private async Task<Scrape> ScrapeOnce() => new(await Management.GetStringAsync(Routes.Metrics, Stop));

    private async Task Start(TestDatabase database, params (string Name, string Value)[] settings)
    {
        Database = database;
        Silo = await SiloProcess.Start(database.ConnectionString, [("VIVIT_MANAGEMENT", Management.BaseAddress!.GetLeftPart(UriPartial.Authority)), .. settings]);
    }
}
