using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests;

/// <summary>How the process starts, stops, and lives through a database that goes away.</summary>
public sealed class LifeTests
{
    private const string Nowhere = "Host=/nonexistent-vivit;Database=vivit;Username=vivit;Timeout=1";

    [Fact]
    public async Task An_address_that_others_reach_is_refused_with_a_remedy()
    {
        await using var silo = SiloProcess.Launch(Nowhere, ("VIVIT_LISTEN", "http://0.0.0.0:5860"));

        Assert.Equal(2, await silo.ExitCode());
        Assert.Contains("VIVIT_LISTEN", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_database_it_says_so_and_gives_up_in_time()
    {
        await using var silo = SiloProcess.Launch(Nowhere, ("VIVIT_POSTGRES_PATIENCE_SECONDS", "1.5"));

        Assert.Equal(1, await silo.ExitCode());
        Assert.Contains("Postgres does not answer yet", silo.Log, StringComparison.Ordinal);
        Assert.Contains("mend VIVIT_POSTGRES", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_stopped_while_it_waits_for_its_database()
    {
        await using var silo = SiloProcess.Launch(Nowhere);
        await Until(() => Task.FromResult(silo.Log.Contains("Postgres does not answer yet", StringComparison.Ordinal)));

        silo.Terminate();

        Assert.Equal(0, await silo.ExitCode());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        using var other = new TcpListener(IPAddress.Loopback, port: 0);
        other.Start();
        await using var silo = SiloProcess.Launch(database.ConnectionString, ("VIVIT_LISTEN", $"http://{other.LocalEndpoint}"));

        Assert.Equal(1, await silo.ExitCode());
        Assert.Contains("address already in use", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_cleanly_while_workers_wait()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await using var silo = await SiloProcess.Start(database.ConnectionString);
        var waits = silo.Send(Routes.Fill(Routes.WorkerLease, "worker"), new LeaseRequest("local", "0", "cpu", "cpu/test", 1, 30));
        await Task.Delay(500, TestContext.Current.CancellationToken);

        var clock = Stopwatch.StartNew();
        silo.Terminate();

        Assert.Equal(0, await silo.ExitCode());
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 8);
        Assert.Equal(HttpStatusCode.NoContent, (await waits).StatusCode);
    }

    [Fact]
    public async Task A_database_that_goes_away_is_told_as_such_and_work_goes_on_when_it_is_back()
    {
        var server = await PostgresServer.StartOwn();
        await using var database = await server.NewDatabase();
        await using var silo = await SiloProcess.Start(database.ConnectionString, ("VIVIT_LEASE_SECONDS", "1"));
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync(Routes.Sweeps, Stop)).StatusCode);
        await silo.Send(Routes.Fill(Routes.WorkerLease, "worker"), new LeaseRequest("local", "0", "cpu", "cpu/test", 1, 0)); // a scheduler is there, with its timer

        server.Stop();
        var requests = new Func<Task<HttpResponseMessage>>[]
        {
            () => silo.Client.GetAsync(Routes.Sweeps, Stop),
            () => silo.Send(Routes.Fill(Routes.WorkerLease, "worker"), new LeaseRequest("local", "0", "cpu", "cpu/test", 1, 0)),
            () => silo.Send(Routes.Fill(Routes.WorkerLease, "worker"), new LeaseRequest("another-pool", "0", "cpu", "cpu/test", 1, 0)),
            () => silo.Send(Routes.Fill(Routes.WorkerHeartbeat, "worker"), new Heartbeat("local", "host", [new("slot-0", "cpu/test", 100, null)], "cpu", "1", [])),
            () => silo.Send(Routes.Outcomes, new OutcomeReport(new(1), 1, new(Contracts.Experiments.AttemptResult.Succeeded))),
            () => silo.Send(Routes.Fill(Routes.SweepCancel, 1), new { }),
        };
        foreach (var away in await Task.WhenAll(requests.Select(request => request())))
        {
            Assert.True(away.StatusCode == HttpStatusCode.ServiceUnavailable, $"{away.RequestMessage!.RequestUri}: {away.StatusCode}\n{silo.Log}");
            Assert.NotNull(away.Headers.RetryAfter);
            Assert.Contains("try again", (await SiloProcess.Problem(away)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await silo.Anonymous.GetAsync(Routes.HealthLive, Stop)).StatusCode);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Stop); // the scheduler's timer meets the outage
        server.Restart();

        foreach (var request in requests)
        {
            await Until(async () => (await request()).StatusCode != HttpStatusCode.ServiceUnavailable);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await requests[1]()).StatusCode);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
