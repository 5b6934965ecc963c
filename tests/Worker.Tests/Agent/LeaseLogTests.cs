using ViViT.Contracts.Experiments;
using ViViT.Worker.Agent;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>What is said about attempts reaches the server, and never gets in anybody's way.</summary>
public sealed class LeaseLogTests : SiloTest
{
    [Fact]
    public async Task The_course_of_an_attempt_can_be_read_at_the_server()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var first = Silo.Offer(TestWorker.Tiny());
        await first.Outcome;
        await Eventually.Holds("its end is told", () => first.Log.Values.Contains("attempt 1 succeeded"));
        var second = Silo.Offer(TestWorker.Tiny(), of: first, resumeFrom: first.Commits[0]);
        await second.Outcome;
        await Eventually.Holds("its end is told", () => second.Log.Values.Contains("attempt 2 succeeded"));

        Assert.Equal(Enumerable.Range(0, first.Log.Count), first.Log.Keys.Order());
        Assert.Matches(@"^attempt 1 begins on worker test-0001, slot-0 \(cpu/.+/1\), alone$", first.Log[0]);
        Assert.Equal("training starts: 8 steps", first.Log[1]);
        Assert.Contains($"saved after step 4: {first.Commits[0].Path}, {first.Commits[0].Bytes} bytes", first.Log.Values);
        Assert.Equal("training goes on after step 4 of 8", second.Log[1]);
    }

    [Fact]
    public async Task What_a_trainer_writes_goes_to_every_member_of_its_lease()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("for i in $(seq 1 500); do echo line $i >&2; done; exit 3"), grace: TimeSpan.FromSeconds(1));
        var attempts = Silo.OfferGroup(3, (TestWorker.Tiny(), 0), (TestWorker.Tiny() with { Seed = 2 }, 2));

        foreach (var attempt in attempts)
        {
            await attempt.Outcome;
            await Eventually.Holds("all lines are there", () => attempt.Log.Count == 502);
            Assert.Matches($"in place {attempt.Leased.Place} of a group of 3$", attempt.Log[0]);
            Assert.Equal(Enumerable.Range(1, 500).Select(i => $"line {i}"), attempt.Log.OrderBy(line => line.Key).Select(line => line.Value).Where(line => line.StartsWith("line", StringComparison.Ordinal)));
            Assert.StartsWith("attempt 1 failed (infrastructure): trainer ended with exit code 3 at step 0: line 481 | ", attempt.Log.Values.Single(line => line.Contains("failed", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_takes_no_log_lines_changes_nothing_else()
    {
        Silo.RefusesLogs = true;
        await using var worker = new TestWorker(Silo, Folder);

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await Silo.Offer(TestWorker.Tiny()).Outcome);
        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await Silo.Offer(TestWorker.Tiny()).Outcome);

        await Eventually.Holds("it is said", () => worker.Log.Count("The server refuses the log lines of an attempt") > 0);
    }

    [Fact]
    public async Task Lines_that_waited_for_the_server_arrive_once_and_in_order_when_it_is_back()
    {
        var attempt = Silo.Grant(TestWorker.Tiny());
        var log = new LogLines();
        var token = new BearerToken(Folder["token"]);
        Assert.True(token.TryRead());
        using var metrics = new WorkerMetrics("local", "cpu", 1, TimeProvider.System);
        using var http = ControlPlaneClient.Connect(Silo.Address);
        Silo.Away = true;
        await using (var lines = new LeaseLog(
            new ControlPlaneClient(http, "test-0001", token), new ServerLink(Silo.Address, metrics, TimeProvider.System, log), [attempt.Held], "test-0001", TimeProvider.System, log, CancellationToken.None))
        {
            for (var i = 0; i < 300; i++) lines.SayAll($"line {i}");
            await Eventually.Holds("it was tried", () => log.Count("does not answer") == 1);
            Silo.Away = false;
            await Eventually.Holds("all are there", () => attempt.Log.Count == 300);
            lines.SayLast(attempt.Held, "the end");
            lines.SayAll("not about this attempt any more");
        }

        Assert.Equal([.. Enumerable.Range(0, 300).Select(i => $"line {i}"), "the end"], attempt.Log.OrderBy(line => line.Key).Select(line => line.Value));
    }
}
