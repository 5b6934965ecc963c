using System.Text;
using ViViT.Bench.Orchestrator;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

/// <summary>
/// A silo and a worker that has trained something small while a Prometheus looked on, with the shipped rules; and what goes wrong in life: a worker that
/// falls silent and goes on with an old fence, a request without a token.
/// </summary>
public sealed class TrainedCluster : IAsyncLifetime
{
    private const string AbsentPool = "gone";

    private TestDatabase database = null!;

    internal Stack Stack { get; private set; } = null!;

    internal PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>What came out of the sweep that was trained first.</summary>
    internal IReadOnlyList<string> Results { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        database = await PostgresServer.CreateDatabase();
        Stack = await Stack.Start(database, worker: true);
        Prometheus = await StartPrometheus(Stack.SiloManagement, Stack.WorkerManagement);
        try
        {
            await PrometheusServer.Until(Prometheus.Targets, targets => targets.Count == 2);
            await GoWrong();
            Results = await Train();
        }
        catch
        {
            // Nobody disposes of what did not come about.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>A Prometheus with the shipped rules that looks every second; the jobs are named as in deploy/prometheus.</summary>
    internal static Task<PrometheusServer> StartPrometheus(Uri silo, Uri? worker) => PrometheusServer.Start(
        $$"""
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        rule_files: [{{string.Join(", ", Rules.Files)}}]
        scrape_configs:
          - {job_name: vivit-silo, static_configs: [{targets: ["{{silo.Authority}}"]}]}
          - {job_name: vivit-worker, static_configs: [{targets: [{{(worker is null ? "" : $"\"{worker.Authority}\"")}}]}]}
        """);

    /// <summary>Trains an experiment.</summary>
    /// <param name="meanwhile">Once it is under way.</param>
    /// <returns>What came out, to the last bit.</returns>
    internal async Task<IReadOnlyList<string>> Train(Func<Task>? meanwhile = null)
    {
        var sweep = await Stack.Submit("""
            {"name": "small", "group": 1, "max_attempts": 1,
             "experiment": {
               "data": {"name": "shapes3d", "limit": 64}, "model": {"width": 32, "layers": 2, "heads": 2, "patch": 14},
               "training": {"epochs": 4, "batch_size": 16, "log_every_steps": 2, "checkpoint_every_steps": 4}},
             "grid": {"seed": [11]} }
            """);
        await Stack.Until(() => database.Scalar<long>("select count(*) from metric_chunk"), chunks => chunks > 0);
        if (meanwhile is not null) await meanwhile();
        Assert.Equal(SweepState.Succeeded, (await Stack.UntilEnded(sweep.Id)).State);
        var results = new List<string>();
        await using var rows = database.Source.CreateCommand($"""
            select e.ordinal || ' attempt ' || e.attempt || ' ' || k.name || ' ' || s.n || ' ' || s.last_value
            from experiment e join metric_summary s on s.experiment_id = e.id join metric_key k on k.id = s.metric_id where e.sweep_id = {sweep.Id} and k.name not like '%second%' and k.name not like '%bytes%' order by 1
            """);
        await using var reader = await rows.ExecuteReaderAsync();
        while (await reader.ReadAsync()) results.Add(reader.GetString(0));
        return results;
    }

    public async ValueTask DisposeAsync()
    {
        await Prometheus.DisposeAsync();
        await Stack.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task GoWrong()
    {
        Assert.Equal(401, await Stack.WithoutToken(Routes.Sweeps));

        // Three wait for one slot; once that has been seen it falls silent until its lease is over, and what it sends afterwards comes too late.
        await Stack.Api.Submit(Sweeps.Of(3, AbsentPool));
        await Beat();
        var late = Assert.Single(await Stack.Api.Lease("absent", new LeaseRequest(AbsentPool, "0", "cpu", "cpu/absent/1", 1, 0)));
        await PrometheusServer.Until(
            async () =>
            {
                await Beat(late);
                return await Prometheus.Query($"vivit_checkpoint_age_seconds{{pool=\"{AbsentPool}\"}} and on (pool) vivit_queue_oldest_age_seconds");
            },
            all => all.Count > 0);
        await PrometheusServer.Until(() => Prometheus.Query($"vivit_lease_expirations_total{{pool=\"{AbsentPool}\"}} > 0"), all => all.Count > 0);
        MetricFlush[] flushes = [.. Enumerable.Range(0, 12).Select(number => new MetricFlush(late.Experiment, late.Fence, number, 1, 1, [new("train/loss", [1], [0.5])]))];
        Assert.All(await Stack.Api.FlushAgain(Api.Body(flushes)), reply => Assert.Equal(ReportStatus.LeaseLost, reply.Status));
    }

    private Task Beat(params Held[] held) =>
        Stack.Api.Heartbeat("absent", new Heartbeat(AbsentPool, "test", [new SlotInfo("0", "cpu/absent/1", 1, MemoryGib: null)], "cpu", "test", held));
}
