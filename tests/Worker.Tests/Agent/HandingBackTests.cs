using System.Net;
using System.Net.Sockets;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>Saved and handed back: because the server wants an experiment or the whole worker, or because the worker is told to stop, whatever it does.</summary>
public sealed class HandingBackTests : SiloTest
{
    private const int Long = 10_000;

    [Fact]
    public async Task A_member_that_is_wanted_back_is_saved_and_released_with_the_reason_while_the_others_go_on()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var spec = TestWorker.Tiny(epochs: Long, checkpointEvery: 1_000_000);
        var attempts = Silo.OfferGroup(3, (spec, 0), (spec with { Seed = 2 }, 1), (spec with { Seed = 3 }, 2));
        await Eventually.Holds("all report", () => attempts.All(attempt => attempt.Points.Count > 0));

        Silo.WantBack(attempts[1], "sweep 9 of higher priority needs the slot");

        Assert.Equal(new AttemptOutcome(AttemptResult.Released, Reason: "sweep 9 of higher priority needs the slot"), await attempts[1].Outcome);
        var saved = Assert.Single(attempts[1].Commits).Step;
        Assert.Equal(Enumerable.Range(1, (int)saved).Select(step => (long)step), StepsOf(attempts[1]));
        var stored = attempts[0].Points.Count;
        await Eventually.Holds("the others go on", () => attempts[0].Points.Count > stored);
        await Eventually.Holds("the others alone are renewed", () => Silo.Heartbeats.Last().Held.ToHashSet().SetEquals([attempts[0].Held, attempts[2].Held]));
        Assert.Equal(1, worker.Log.Count("back, so it saves and ends here: sweep 9 of higher priority needs the slot"));
        Assert.Equal(1, worker.Log.Count("is ready (pid"));
        await Eventually.Holds("its log says so", () => attempts[1].Log.Values.Contains("asked to save and hand back: sweep 9 of higher priority needs the slot"));
    }

    [Fact]
    public async Task What_is_wanted_back_before_its_first_step_is_released_all_the_same()
    {
        await using var hole = new BlackHole();
        await using var worker = new TestWorker(Silo, Folder, hole.TrainerThatDownloads);
        var attempt = Silo.Offer(TestWorker.Tiny(data: "vesselmnist3d"));
        await hole.Reached;

        Silo.WantBack(attempt, "its sweep was paused");

        Assert.Equal(new AttemptOutcome(AttemptResult.Released, Reason: "its sweep was paused"), await attempt.Outcome);
        Assert.Empty(attempt.Commits);
    }

    [Fact]
    public async Task A_worker_that_is_drained_hands_back_everything_says_why_and_ends_by_itself()
    {
        await using var worker = new TestWorker(Silo, Folder, slots: 2);
        var attempts = (StoredAttempt[])[Silo.Offer(TestWorker.Tiny(epochs: Long)), Silo.Offer(TestWorker.Tiny(epochs: Long))];
        await Eventually.Holds("both report", () => attempts.All(attempt => attempt.Points.Count > 0));

        Silo.Drains = true;

        Assert.True(await worker.Ended);
        foreach (var attempt in attempts)
        {
            Assert.Equal(new AttemptOutcome(AttemptResult.Released, Reason: $"worker test-0001 was drained at step {attempt.Commits[^1].Step}"), await attempt.Outcome);
            Assert.Contains("asked to save and hand back: worker test-0001 was drained", attempt.Log.Values);
        }

        Assert.Equal(1, worker.Log.Count("wants worker test-0001 to hand back everything and end"));
        Assert.Equal(1, worker.Log.Count("Worker test-0001 has ended: it was drained"));
    }

    [Fact]
    public async Task A_worker_that_stops_while_it_loads_data_hands_back_at_once()
    {
        await using var hole = new BlackHole();
        await using var worker = new TestWorker(Silo, Folder, hole.TrainerThatDownloads);
        var attempt = Silo.Offer(TestWorker.Tiny(data: "vesselmnist3d"));
        await hole.Reached;

        Assert.True(await worker.Stop());

        Assert.Equal(new AttemptOutcome(AttemptResult.Released, Reason: "worker test-0001 stopped at step 0"), await attempt.Outcome);
    }

    [Fact]
    public async Task A_worker_that_stops_while_it_measures_leaves_nothing_behind()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("echo measuring >&2; sleep 600"));
        Silo.OfferMeasurement(new("some-shape", TestWorker.Tiny()));
        await Eventually.Holds("it measures", () => worker.Log.Count("trainer: measuring") == 1);
        var pid = worker.TrainerPid;

        Assert.True(await worker.Stop());

        Assert.False(Programs.IsAlive(pid));
        Assert.Empty(Silo.Measured);
    }

    [Fact]
    public async Task What_is_not_saved_when_the_grace_runs_out_is_handed_back_as_it_was_saved_last()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("trap '' TERM; sleep 600"), grace: TimeSpan.FromSeconds(4));
        var attempt = Silo.Offer(TestWorker.Tiny());
        await Eventually.Holds("it has begun", () => worker.Log.Count("starts at step 0") == 1);
        var pid = worker.TrainerPid;

        Assert.True(await worker.Stop());

        Assert.Equal(new AttemptOutcome(AttemptResult.Released, Reason: "worker test-0001 stopped at step 0 and had no time to save"), await attempt.Outcome);
        Assert.False(Programs.IsAlive(pid));
    }

    [Fact]
    public async Task A_worker_that_stops_while_the_server_is_away_waits_its_patience_and_says_that_something_is_left_behind()
    {
        await using var worker = new TestWorker(Silo, Folder, grace: TimeSpan.FromSeconds(1));
        var attempt = Silo.Offer(TestWorker.Tiny(epochs: Long));
        await Eventually.Holds("it reports", () => attempt.Points.Count > 0);

        Silo.Away = true;

        Assert.False(await worker.Stop());
        Assert.Equal(1, worker.Log.Count("the server was not told: its lease will expire"));
        Assert.NotEmpty(Directory.GetDirectories(Folder["checkpoints"], "step-*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_worker_that_holds_nothing_stops_soundly_though_the_server_is_away()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("sleep 600"), grace: TimeSpan.FromSeconds(1));
        await Eventually.Holds("it asks for work", () => !Silo.LeaseRequests.IsEmpty);

        Silo.Away = true;

        Assert.True(await worker.Stop());
    }

    [Fact]
    public async Task A_server_that_is_away_for_longer_than_the_leases_term_finds_the_training_going_on()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempt = Silo.Offer(TestWorker.Tiny(epochs: Long, checkpointEvery: 50));
        await Eventually.Holds("it reports", () => attempt.Points.Count > 0);

        Silo.Away = true;
        await Task.Delay(TimeSpan.FromSeconds(3.5), TestContext.Current.CancellationToken); // more than two terms
        var (before, checkpoints) = (attempt.Points.Count, Directory.GetDirectories(Folder["checkpoints"], "step-*", SearchOption.AllDirectories).Length);
        Assert.False(attempt.HasOutcome);
        Silo.Away = false;

        await Eventually.Holds("what was measured meanwhile arrives", () => attempt.Points.Count > before);
        Assert.True(checkpoints > 0);
        Assert.True(await worker.Stop());
        Assert.Equal(AttemptResult.Released, (await attempt.Outcome).Result);
        Assert.Equal(Enumerable.Range(1, (int)attempt.Commits[^1].Step).Select(step => (long)step), StepsOf(attempt));
    }

    private static IEnumerable<long> StepsOf(StoredAttempt attempt) =>
        attempt.Points.Where(point => point.Metric == MetricNames.TrainLoss).Select(point => point.Step);

    /// <summary>A proxy that takes calls and never answers: who downloads through it waits.</summary>
    private sealed class BlackHole : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task<Socket> first;

        public BlackHole()
        {
            listener.Start();
            first = listener.AcceptSocketAsync();
        }

        public Task Reached => first.WaitAsync(TimeSpan.FromSeconds(30));

        public TrainerLauncher TrainerThatDownloads =>
            new("/usr/bin/env", [$"HTTPS_PROXY=http://{listener.LocalEndpoint}", $"HTTP_PROXY=http://{listener.LocalEndpoint}", Programs.Worker, "trainer"]);

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            if (first.IsCompletedSuccessfully) (await first).Dispose();
            listener.Dispose();
        }
    }
}
