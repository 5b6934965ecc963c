using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.TestKit;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

/// <summary>The real program, as Prometheus and Kubernetes see it.</summary>
public sealed class ManagementEndpointTests : SiloTest
{
    private readonly Uri management = new($"http://127.0.0.1:{FreePort.Find()}");

    [Fact]
    public async Task What_a_worker_does_can_be_scraped()
    {
        // No proxy leads to a server on this machine.
        using var agent = Start(("VIVIT_SLOTS", "2"), ("HTTP_PROXY", "http://127.0.0.1:1"));
        await Silo.Offer(TestWorker.Tiny()).Outcome;
        var doomed = Silo.Offer(TestWorker.Tiny(epochs: 10_000, checkpointEvery: 1_000_000));
        await Eventually.Holds("it trains", () => doomed.Points.Count > 0);
        var busy = await Scrape.Of(management);
        foreach (var trainer in Programs.ChildrenOf(agent.Id)) Programs.KillHard(trainer);
        Assert.Equal(FailureClass.Infrastructure, (await doomed.Outcome).Class);

        var seen = busy;
        for (var tries = 0; tries < 600 && (seen.Value("vivit_slot_seconds_total", "use=\"lost\"") is not > 0 || seen.Value("vivit_trainer_starts_total", "reason=\"died\"") is null); tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            seen = await Scrape.Of(management);
        }

        string[] labels = ["pool=\"night\"", "device=\"cpu\""];
        Assert.Equal((1, 1), (busy.Value("vivit_slots", [.. labels, "state=\"busy\""]), busy.Value("vivit_slots", [.. labels, "state=\"idle\""])));
        Assert.Equal((0, 2), (seen.Value("vivit_slots", [.. labels, "state=\"busy\""]), seen.Value("vivit_slots", [.. labels, "state=\"idle\""])));
        Assert.True(busy.Value("vivit_slot_undecided_seconds", labels) > 0);
        Assert.Equal(0, seen.Value("vivit_slot_undecided_seconds", labels));
        Assert.All(["train", "idle", "lost"], use => Assert.True(seen.Value("vivit_slot_seconds_total", [.. labels, $"use=\"{use}\""]) > 0));
        Assert.True(seen.Value("vivit_steps_total", labels) > 8);   // what the killed one did in its last second, nobody knows
        Assert.Equal(4 * seen.Value("vivit_steps_total", labels), seen.Value("vivit_samples_processed_total", labels));
        Assert.Equal(seen.Value("vivit_steps_total", labels), seen.Value("vivit_step_duration_seconds_count", labels));
        Assert.Equal((2, true), (seen.Value("vivit_checkpoint_duration_seconds_count", "op=\"write\""), seen.Value("vivit_checkpoint_bytes_total", "op=\"write\"") > 0));
        Assert.Equal((0, true), (seen.Value("vivit_metric_buffer_points"), seen.Value("vivit_metric_flushes_total", "result=\"stored\"") > 0));
        Assert.Equal(2, seen.Value("vivit_trainer_starts_total", "reason=\"first\""));
        Assert.Equal((1, true), (seen.Value("vivit_server_reachable"), seen.Value("vivit_heartbeats_total", "result=\"ok\"") > 0));
        Assert.Equal(1, seen.Value("vivit_build_info", "version="));
        Assert.NotNull(seen.Value("dotnet_process_memory_working_set_bytes"));
        Assert.DoesNotContain(seen.Series.Keys, series => series.Contains("gpu", StringComparison.Ordinal));
        Assert.All(seen.Labels("vivit_"), label => Assert.Contains(label.Value, Closed(label.Key)));
    }

    [Fact]
    public async Task It_lives_before_it_is_ready_and_is_not_ready_while_it_drains()
    {
        Silo.Away = true;
        using var agent = Start(("VIVIT_GRACE_SECONDS", "120"));
        await Until(Routes.HealthLive, 200);
        Assert.Equal((503, "not registered with the server yet\n"), await Scrape.Health(management, Routes.HealthReady));

        Silo.Away = false;
        var attempt = Silo.Offer(TestWorker.Tiny(epochs: 10_000));
        await Until(Routes.HealthReady, 200);
        await Eventually.Holds("it trains", () => attempt.Points.Count > 0);
        Assert.Equal((200, "ok\n"), await Scrape.Health(management, Routes.HealthLive));

        Silo.Away = true;   // so that it cannot hand back at once
        Programs.Signal(agent.Id, PosixSignal.SIGTERM);
        await Until(Routes.HealthReady, 503);
        Assert.Equal((503, "draining\n"), await Scrape.Health(management, Routes.HealthReady));
        Silo.Away = false;
        Assert.Equal(0, await agent.Ended());
    }

    [Fact]
    public async Task A_trainer_loads_nothing_of_it_and_without_the_setting_nor_does_the_agent()
    {
        using var agent = new AgentProgram(Silo.Address, Folder);
        await Eventually.Holds("a trainer is ready", () => agent.Lines.Any(line => line.Contains("is ready (pid", StringComparison.Ordinal)));
        using var serving = Start();
        await Eventually.Holds("a trainer is ready", () => serving.Lines.Any(line => line.Contains("is ready (pid", StringComparison.Ordinal)));

        Assert.True(Loads(serving.Id));
        Assert.False(Loads(Assert.Single(Programs.ChildrenOf(serving.Id))));
        Assert.False(Loads(agent.Id));

        static bool Loads(int pid) => File.ReadLines($"/proc/{pid}/maps").Any(line => line.Contains("Kestrel", StringComparison.Ordinal) || line.Contains("OpenTelemetry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_at_the_start_and_exits_with_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, management.Port);
        taken.Start();
        using var agent = Start();

        Assert.Equal(1, await agent.Ended());
        await Eventually.Holds("it says why", () => agent.Lines.Contains(
            $"Failed to bind to address http://127.0.0.1:{management.Port}: address already in use. Stop what listens there, or set VIVIT_MANAGEMENT to another port."));
    }

    [Fact]
    public async Task An_https_address_is_refused_and_exits_with_2()
    {
        using var agent = Start(("VIVIT_MANAGEMENT", $"https://127.0.0.1:{management.Port}"));

        Assert.Equal(2, await agent.Ended());
        await Eventually.Holds("it says why", () => agent.Lines.Contains(
            "VIVIT_MANAGEMENT is an https address, but it is served without TLS. Give an http address that only the cluster can reach."));
    }

    // All that a label may ever be here: nothing of an experiment, a sweep or a worker.
    private static IReadOnlyCollection<string> Closed(string label) => label switch
    {
        "pool" => ["night"],
        "device" => ["cpu"],
        "state" => ["busy", "idle"],
        "use" => ["train", "idle", "lost"],
        "op" => ["write", "read"],
        "result" => ["ok", .. Enum.GetValues<FlushResult>().Select(ContractsJson.Name)],
        "reason" => [.. Enum.GetValues<StartReason>().Select(ContractsJson.Name)],
        "version" => [BuildVersion.Text],
        "le" => ["0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "+Inf"],
        _ => [],
    };

    private AgentProgram Start(params (string Variable, string Value)[] settings) => new(Silo.Address, Folder, slots: 1, [("VIVIT_MANAGEMENT", management.ToString()), .. settings]);

    private async Task Until(string path, int status)
    {
        var said = await Scrape.Health(management, path);
        for (var tries = 0; tries < 600 && said?.Status != status; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            said = await Scrape.Health(management, path);
        }

        Assert.Equal(status, said?.Status);
    }
}
