using ViViT.TestKit;

namespace ViViT.Telemetry.Tests;

public class DatabaseAwayTests
{
    [Fact]
    public async Task While_Postgres_is_away_a_scrape_still_answers_and_says_so()
    {
        var postgres = await PostgresServer.StartOwn();
        await using var database = await postgres.NewDatabase();
        await using var stack = await Stack.Start(database, worker: false);
        await using var prometheus = await TrainedCluster.StartPrometheus(stack.SiloManagement, worker: null);
        await Says(1);

        postgres.Stop();
        await Says(0);
        Assert.True(Assert.Single(await prometheus.Targets()).Up);
        await PrometheusServer.Until(() => prometheus.Query("""ALERTS{alertname="VivitDatabaseAway", alertstate="pending"}"""), alerts => alerts.Count == 1);
        Assert.Contains("vivit_build_info", await stack.Scrape(stack.SiloManagement), StringComparison.Ordinal);

        postgres.Restart();
        await Says(1);

        async Task Says(double up) => await PrometheusServer.Until(() => prometheus.Query("vivit_database_up"), all => all is [var one] && one.Value == up);
    }
}
