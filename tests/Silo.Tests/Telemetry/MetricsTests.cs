using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>What a scrape of a silo shows; each test has its own pool, and counters without one only rise.</summary>
public sealed class MetricsTests(MeteredSilo metered) : IClassFixture<MeteredSilo>
{
    private readonly string pool = $"pool-{Guid.NewGuid():n}";

    private string Here => $"pool=\"{pool}\"";

    [Fact]
    public async Task What_happens_to_experiments_is_counted_when_it_is_stored()
    {
        var before = await metered.Scrape();
        await metered.Submit(pool, experiments: 3, maxAttempts: 2);

        var good = await metered.Lease(pool);
        Assert.Equal(ReportStatus.Accepted, await metered.Flush(good, 0, points: 10));
        Assert.Equal(ReportStatus.Duplicate, await metered.Flush(good, 0, points: 10));
        Assert.Equal(ReportStatus.Gap, await metered.Flush(good, 2, points: 10));
        Assert.Equal(ReportStatus.Accepted, await metered.Commit(good, step: 10, bytes: 1_000));
        Assert.Equal(ReportStatus.Duplicate, await metered.Commit(good, step: 10, bytes: 1_000));
        Assert.Equal(ReportStatus.Accepted, await metered.End(good));
        Assert.Equal(ReportStatus.Duplicate, await metered.End(good));

        var bad = await metered.Lease(pool);
        await metered.End(bad, AttemptResult.Failed, FailureClass.Infrastructure);
        Assert.Equal(ReportStatus.LeaseLost, await metered.Flush(bad, 0, points: 4));
        Assert.Equal(ReportStatus.LeaseLost, await metered.Commit(bad, step: 1, bytes: 1));
        Assert.Equal(ReportStatus.LeaseLost, await metered.End(bad));

        var released = await metered.Lease(pool);
        await metered.End(released, AttemptResult.Released);
        var again = await metered.Lease(pool);
        await metered.Silo.Post<ExperimentDetail>(Routes.Fill(Routes.ExperimentCancel, again.Id), new { });
        await metered.End(await metered.Lease(pool), AttemptResult.Failed, FailureClass.User);

        var after = await metered.Scrape();
        Assert.Equal(5, after.Value("vivit_lease_grants_total", Here));
        Assert.Equal(5, after.Value("vivit_experiments_started_total", Here));
        Assert.Equal(5, after.Value("vivit_queue_wait_seconds_count", Here));
        Assert.Equal(1, after.Value("vivit_attempts_ended_total", Here, "outcome=\"succeeded\"", "class=\"none\""));
        Assert.Equal(1, after.Value("vivit_attempts_ended_total", Here, "outcome=\"failed\"", "class=\"infrastructure\""));
        Assert.Equal(1, after.Value("vivit_attempts_ended_total", Here, "outcome=\"failed\"", "class=\"user\""));
        Assert.Equal(1, after.Value("vivit_attempts_ended_total", Here, "outcome=\"released\"", "class=\"preempted\""));
        Assert.Equal(1, after.Value("vivit_attempts_ended_total", Here, "outcome=\"cancelled\"", "class=\"cancelled\""));
        Assert.Equal(5, after.Value("vivit_attempt_duration_seconds_count", Here));
        Assert.Equal(1, after.Value("vivit_experiments_ended_total", Here, "state=\"succeeded\""));
        Assert.Equal(1, after.Value("vivit_experiments_ended_total", Here, "state=\"failed\""));
        Assert.Equal(1, after.Value("vivit_experiments_ended_total", Here, "state=\"cancelled\""));
        Grew(1, "vivit_experiment_retries_total", "class=\"infrastructure\"");
        Grew(1, "vivit_experiment_retries_total", "class=\"preempted\"");
        Grew(1, "vivit_preemptions_total", "source=\"drain\"");
        Grew(1, "vivit_preemptions_total", "source=\"cancel\"");
        Grew(10, "vivit_metric_points_ingested_total", "result=\"stored\"");
        Grew(10, "vivit_metric_points_ingested_total", "result=\"duplicate\"");
        Grew(10, "vivit_metric_points_ingested_total", "result=\"gap\"");
        Grew(4, "vivit_metric_points_ingested_total", "result=\"fenced\"");
        Grew(4, "vivit_metric_flush_duration_seconds_count");
        Grew(1, "vivit_checkpoints_committed_total");
        Grew(1_000, "vivit_checkpoint_committed_bytes_total");
        Grew(1, "vivit_fenced_writes_total", "kind=\"metrics\"");
        Grew(1, "vivit_fenced_writes_total", "kind=\"checkpoint\"");
        Grew(1, "vivit_fenced_writes_total", "kind=\"outcome\"");

        void Grew(double by, string name, params string[] labels) => Assert.True(
            by == (after.Value(name, labels) ?? 0) - (before.Value(name, labels) ?? 0), $"{name}{{{string.Join(',', labels)}}}: {before.Value(name, labels)} -> {after.Value(name, labels)}, not {by} more");
    }

    [Fact]
    public async Task A_cancelled_sweep_counts_each_of_its_experiments()
    {
        var sweep = await metered.Submit(pool, experiments: 3);
        await metered.Lease(pool);

        await metered.Silo.Post<SweepStatus>(Routes.Fill(Routes.SweepCancel, sweep.Id), new { });

        var after = await metered.Scrape();
        Assert.Equal(3, after.Value("vivit_experiments_ended_total", Here, "state=\"cancelled\""));
        Assert.Equal(1, after.Value("vivit_attempts_ended_total", Here));
        Assert.Equal(1, after.Value("vivit_attempt_duration_seconds_count", Here, "outcome=\"cancelled\""));
    }

    [Fact]
    public async Task The_queue_the_slots_and_the_workers_are_shown()
    {
        await metered.Submit(pool, experiments: 5);
        await metered.Beat(pool, await metered.Lease(pool));

        var seen = await metered.ScrapeUntil(scrape => scrape.Value("vivit_experiments_running", Here) == 1 && scrape.Value("vivit_workers", Here, "state=\"ready\"") == 1);

        Assert.Equal(4, seen.Value("vivit_queue_depth", Here));
        Assert.Equal(0, seen.Value("vivit_queue_backing_off", Here));
        Assert.Equal(5, seen.Value("vivit_slots_wanted", Here));
        Assert.True(seen.Value("vivit_queue_oldest_age_seconds", Here) >= 0);
        Assert.True(seen.Value("vivit_checkpoint_age_seconds", Here) >= 0);
        Assert.InRange(seen.Value("vivit_worker_heartbeat_age_seconds", Here)!.Value, 0, 60);
        Assert.Equal((1, 1, 0), (seen.Value("vivit_worker_slots", Here, "state=\"busy\""), seen.Value("vivit_worker_slots", Here, "state=\"idle\""), seen.Value("vivit_worker_slots", Here, "state=\"unavailable\"")));
        Assert.True(seen.Value("vivit_sweeps", "state=\"running\"") >= 1);
        Assert.True(seen.Value("vivit_database_size_bytes") > 1_000_000);
        Assert.Equal(1, seen.Value("vivit_metric_partitions_ahead"));
        Assert.Equal(1, seen.Value("vivit_database_up"));
    }

    [Fact]
    public async Task Frameworks_tell_of_themselves_without_secrets()
    {
        await metered.Submit(pool, experiments: 1);

        var seen = await metered.ScrapeUntil(scrape => scrape.Value("http_server_request_duration_seconds_count", "http_route=\"/v1/sweeps\"") >= 1 && scrape.Value("vivit_database_size_bytes") is not null);

        Assert.True(seen.Value("dotnet_gc_collections_total") >= 0);
        Assert.True(seen.Value("db_client_connections", "db_client_connection_pool_name=\"vivit\"") >= 1);
        Assert.DoesNotContain(seen.Series, series => series.Contains("Host=", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Without_a_database_the_scrape_answers_and_says_so()
    {
        var server = await PostgresServer.StartOwn();
        await using var alone = await MeteredSilo.On(await server.NewDatabase());
        await alone.Submit(pool, experiments: 1);
        await alone.ScrapeUntil(scrape => scrape.Value("vivit_database_up") == 1 && scrape.Value("vivit_queue_depth", Here) == 1);

        server.Stop();
        var gone = await alone.ScrapeUntil(scrape => scrape.Value("vivit_database_up") == 0);

        foreach (var name in (string[])["vivit_queue_depth", "vivit_sweeps", "vivit_database_size_bytes", "vivit_slots_wanted", "vivit_metric_partitions_ahead"]) Assert.Null(gone.Value(name));
        Assert.Equal(1, gone.Value("vivit_build_info"));
        server.Restart();
        await alone.ScrapeUntil(scrape => scrape.Value("vivit_database_up") == 1 && scrape.Value("vivit_queue_depth", Here) == 1);
    }
}
