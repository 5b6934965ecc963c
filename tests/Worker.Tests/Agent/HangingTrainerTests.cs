using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;
using ViViT.Worker.Telemetry;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

public sealed class HangingTrainerTests : SiloTest
{
    [Theory]
    [InlineData("""echo '{"say":"alive","step":3}'; sleep 600""", 0.5)]
    [InlineData("sleep 600", 0.1)]
    public async Task A_trainer_that_falls_silent_is_killed_the_attempt_fails_and_the_slot_goes_on(string script, double stallSeconds)
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script(script), stall: TimeSpan.FromSeconds(stallSeconds), grace: TimeSpan.FromSeconds(1));
        var attempts = Silo.OfferGroup(2, (TestWorker.Tiny(), 0), (TestWorker.Tiny() with { Seed = 2 }, 1));
        await Eventually.Holds("it is leased", () => Silo.Heartbeats.Any(beat => beat.Held.Count > 0));
        var pid = worker.TrainerPid;

        foreach (var attempt in attempts)
        {
            var outcome = await attempt.Outcome;
            Assert.Equal((AttemptResult.Failed, FailureClass.Infrastructure), (outcome.Result, outcome.Class));
            Assert.Matches(@"^The trainer gave no sign of life for [\d.]+ s, where [\d.]+ s was the longest before, so it was killed as hung \(VIVIT_STALL_SECONDS is [\d.]+\)\. It was at step 0\.$", outcome.Reason);
        }

        Assert.False(Programs.IsAlive(pid));
        await Eventually.Holds("another trainer comes up", () => worker.Log.Count("is ready (pid") == 2);
    }

    [Fact]
    public async Task A_trainer_that_ran_out_of_memory_is_replaced_though_it_lives()
    {
        const string Script = """
            id=$(echo "$request" | sed 's/.*"experiments":\[{"id":\([0-9]*\),.*/\1/'); fence=$(echo "$request" | sed 's/.*"fence":\([0-9]*\),.*/\1/')
            echo "{\"say\":\"failed\",\"member\":{\"experiment\":$id,\"fence\":$fence},\"class\":\"out_of_memory\",\"reason\":\"Out of memory on cpu.\"}"; sleep 600
            """;
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script(Script), grace: TimeSpan.FromSeconds(1));

        var outcome = await Silo.Offer(TestWorker.Tiny()).Outcome;

        Assert.Equal(new AttemptOutcome(AttemptResult.Failed, FailureClass.OutOfMemory, "Out of memory on cpu."), outcome);
        await Eventually.Holds("another trainer comes up", () => worker.Log.Count("is ready (pid") == 2);
        Assert.Equal(0, worker.Log.Count("failed here one after another"));
    }

    [Fact]
    public async Task An_agent_that_was_stopped_for_long_does_not_blame_its_trainer()
    {
        var (time, log) = (new ManualTime(), new LogLines());
        await using var trainer = TrainerChild.Start(Programs.Script("sleep 600"), new(0, "cpu", 1), log);
        Assert.IsType<TrainerReply.Ready>(await trainer.Replies.ReadAsync(TestContext.Current.CancellationToken));   // later it would be a sign of life
        var token = new BearerToken(Folder["token"]);
        Assert.True(token.TryRead());
        using var metrics = new WorkerMetrics("local", "cpu", 1, time);
        using var http = ControlPlaneClient.Connect(Silo.Address);
        var (client, link) = (new ControlPlaneClient(http, "test-0001", token), new ServerLink(Silo.Address, metrics, TimeProvider.System, log));
        var options = new AgentOptions
        {
            Server = Silo.Address, TokenFile = Folder["token"], Worker = "test-0001", Slots = ["cpu"], Data = Folder["data"], Checkpoints = Folder["checkpoints"],
            Stall = TimeSpan.FromSeconds(100),
        };
        var leased = Silo.Grant(TestWorker.Tiny());
        await using var lines = new LeaseLog(client, link, [leased.Held], "test-0001", TimeProvider.System, log, CancellationToken.None);
        await using var attempt = new Attempt(
            0, leased.Leased, new HeldLeases(),
            own => new(client, link, own, new(options.Checkpoints, leased.Leased.Id, null, log), metrics, TimeProvider.System, log, CancellationToken.None), lines,
            metrics.Ledger.Begin(0), new AttemptSpans(leased.Leased, options.Worker, 0, time), log);
        using var closing = new Closing();

        var running = new LeaseExecution(trainer, new Lease([leased.Leased], 15), [attempt], options, closing, metrics, new Pulse(time), time, log).Run(CancellationToken.None);

        // A jump of a day is one tick; of 5 s are ticks, and 200 of them may pass before the first step.
        await Advance(TimeSpan.FromDays(1));
        for (var tick = 1; tick < 200; tick++) await Advance(TimeSpan.FromSeconds(5));
        await Eventually.Holds("the agent counts on", () => time.Waiting > 0);
        Assert.True(Programs.IsAlive(trainer.ProcessId));
        Assert.False(attempt.HasEnded);

        await Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(StartReason.Hung, await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.StartsWith("The trainer gave no sign of life for 1005 s, where 0 s was the longest before", (await leased.Outcome).Reason, StringComparison.Ordinal);

        async Task Advance(TimeSpan by)
        {
            while (time.Waiting == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
            time.Advance(by);
        }
    }
}
