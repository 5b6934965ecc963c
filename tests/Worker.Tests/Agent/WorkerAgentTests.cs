using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>An agent with real trainer processes against a silo over HTTP.</summary>
public sealed class WorkerAgentTests : SiloTest
{
    private const int Long = 10_000;

    [Fact]
    public async Task A_leased_experiment_is_trained_and_everything_about_it_stored_once_in_order()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempt = Silo.Offer(TestWorker.Tiny());

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);

        Assert.Equal(8, attempt.TotalSteps);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L], StepsOf(attempt, MetricNames.TrainLoss));
        Assert.Equal([8L], StepsOf(attempt, MetricNames.TestAuc));
        Assert.Equal(8, attempt.Commits[^1].Step);
        AssertSound(attempt);
        Assert.Equal(("local", "slot-0", "cpu", 8), Silo.LeaseRequests.Select(request => (request.Pool, request.Slot, request.Device, request.MaxGroup)).First());
        Assert.Matches("^cpu/.+/1$", Silo.LeaseRequests.First().DeviceKind);
        Assert.True(Directory.Exists(Path.Combine(Folder["checkpoints"], attempt.Commits[^1].Path)));
    }

    [Fact]
    public async Task Two_slots_train_side_by_side_and_every_lease_is_renewed()
    {
        await using var worker = new TestWorker(Silo, Folder, slots: 2);
        var (first, second) = (Silo.Offer(TestWorker.Tiny(epochs: Long)), Silo.Offer(TestWorker.Tiny(epochs: Long)));

        await Eventually.Holds("one heartbeat renews both", () => Silo.Heartbeats.Any(beat => beat.Held.ToHashSet().SetEquals([first.Held, second.Held])));
        await Eventually.Holds("both report", () => first.Points.Count > 0 && second.Points.Count > 0);

        Assert.True(await worker.Stop());
        Assert.Equal([AttemptResult.Released, AttemptResult.Released], [(await first.Outcome).Result, (await second.Outcome).Result]);
    }

    [Fact]
    public async Task A_killed_trainer_fails_the_attempt_with_the_signal_and_the_next_one_resumes_in_a_new_trainer()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var spec = TestWorker.Tiny(epochs: 100, checkpointEvery: 20);
        var first = Silo.Offer(spec);
        await Eventually.Holds("a checkpoint is committed", () => first.Commits.Count > 0);
        var killed = worker.TrainerPid;

        Programs.KillHard(killed);
        var outcome = await first.Outcome;
        var checkpoint = first.Commits[^1];
        var second = Silo.Offer(spec, of: first, resumeFrom: checkpoint);

        Assert.Equal((AttemptResult.Failed, FailureClass.Infrastructure), (outcome.Result, outcome.Class));
        Assert.Matches(@"^trainer was killed by signal 9 \(SIGKILL\) at step \d+", outcome.Reason);
        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await second.Outcome);
        Assert.Equal(Enumerable.Range((int)checkpoint.Step + 1, 800 - (int)checkpoint.Step).Select(step => (long)step), StepsOf(second, MetricNames.TrainLoss));
        Assert.NotEqual(killed, worker.TrainerPid);
        AssertSound(second);
    }

    [Fact]
    public async Task Only_the_newest_two_committed_checkpoints_stay_on_disk()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempt = Silo.Offer(TestWorker.Tiny(epochs: 4, checkpointEvery: 4));
        await attempt.Outcome;
        Assert.True(await worker.Stop());

        var kept = attempt.Commits.TakeLast(2).Select(commit => Path.Combine(Folder["checkpoints"], commit.Path));
        Assert.Equal(kept.Order(), Directory.GetDirectories(Folder["checkpoints"], "step-*", SearchOption.AllDirectories).Order());
    }

    [Theory]
    [InlineData("StoredThenError")]
    [InlineData("StoredThenCut")]
    public async Task Lost_replies_change_nothing_of_what_is_stored(string fault)
    {
        Silo.OnEffect = (n, _) => n % 2 == 0 ? Enum.Parse<Fault>(fault) : Fault.None;
        await using var worker = new TestWorker(Silo, Folder);
        var attempt = Silo.Offer(TestWorker.Tiny());

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L], StepsOf(attempt, MetricNames.TrainLoss));
        AssertSound(attempt);
    }

    [Fact]
    public async Task A_server_that_is_away_meanwhile_gets_everything_when_it_is_back()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempt = Silo.Offer(TestWorker.Tiny(epochs: 40));
        await Eventually.Holds("training reports", () => attempt.Points.Count > 0);

        Silo.Away = true;
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        Silo.Away = false;

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);
        Assert.Equal(Enumerable.Range(1, 320).Select(step => (long)step), StepsOf(attempt, MetricNames.TrainLoss));
        AssertSound(attempt);
    }

    [Fact]
    public async Task A_lost_lease_stops_the_training_promptly_and_the_slot_goes_on()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var first = Silo.Offer(TestWorker.Tiny(epochs: Long));
        await Eventually.Holds("training reports", () => first.Points.Count > 0);
        var pid = worker.TrainerPid;

        Silo.Lose(first);
        var stored = first.Order.Count;
        var second = Silo.Offer(TestWorker.Tiny());

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await second.Outcome);
        Assert.Equal(stored, first.Order.Count);
        Assert.Equal(pid, worker.TrainerPid);
        await Eventually.Holds("only living leases are renewed", () => Silo.Heartbeats.Last().Held.Count == 0);
    }

    [Fact]
    public async Task A_stopping_worker_saves_commits_and_hands_back()
    {
        var worker = new TestWorker(Silo, Folder);
        var attempt = Silo.Offer(TestWorker.Tiny(epochs: Long, checkpointEvery: 1_000_000));
        await Eventually.Holds("training reports", () => attempt.Points.Count > 0);

        Assert.True(await worker.Stop());

        var outcome = await attempt.Outcome;
        Assert.Equal((AttemptResult.Released, (FailureClass?)null), (outcome.Result, outcome.Class));
        var saved = Assert.Single(attempt.Commits).Step;
        Assert.Equal($"worker test-0001 stopped at step {saved}", outcome.Reason);
        Assert.Equal(Enumerable.Range(1, (int)saved).Select(step => (long)step), StepsOf(attempt, MetricNames.TrainLoss));
        AssertSound(attempt);
    }

    [Fact]
    public async Task A_data_set_that_does_not_exist_is_the_users_to_mend()
    {
        await using var worker = new TestWorker(Silo, Folder);

        var outcome = await Silo.Offer(TestWorker.Tiny(data: "organmnist3")).Outcome;

        Assert.Equal((AttemptResult.Failed, FailureClass.User), (outcome.Result, outcome.Class));
        Assert.StartsWith("data.name: there is no data set 'organmnist3'. ", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("organmnist3d", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_set_whose_file_is_missing_is_the_users_to_mend_and_the_trainer_stays()
    {
        await using var worker = new TestWorker(Silo, Folder, Programs.TrainerWithoutNetwork);

        var outcome = await Silo.Offer(TestWorker.Tiny(data: "vesselmnist3d")).Outcome;
        var next = await Silo.Offer(TestWorker.Tiny()).Outcome;

        Assert.Equal((AttemptResult.Failed, FailureClass.User), (outcome.Result, outcome.Class));
        Assert.Contains("vesselmnist3d.npz", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains(Folder["data"], outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), next);
        Assert.Equal(1, worker.Log.Count("is ready (pid"));
    }

    [Fact]
    public async Task A_diverging_training_is_a_numerical_failure()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var spec = TestWorker.Tiny(epochs: 50);

        var outcome = await Silo.Offer(spec with { Training = spec.Training with { LearningRate = 1e30 } }).Outcome;

        Assert.Equal((AttemptResult.Failed, FailureClass.Numerical), (outcome.Result, outcome.Class));
    }

    [Fact]
    public async Task A_checkpoint_that_is_gone_is_a_failure_of_the_infrastructure_and_renews_the_trainer()
    {
        await using var worker = new TestWorker(Silo, Folder);

        var outcome = await Silo.Offer(TestWorker.Tiny(), resumeFrom: new CheckpointManifest(4, "experiment-1/fence-1/step-4", new string('0', 64), 1)).Outcome;
        var next = await Silo.Offer(TestWorker.Tiny()).Outcome;

        Assert.Equal((AttemptResult.Failed, FailureClass.Infrastructure), (outcome.Result, outcome.Class));
        Assert.StartsWith("CheckpointException: ", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), next);
        Assert.Equal(2, worker.Log.Count("is ready (pid"));
    }

    [Fact]
    public async Task A_machine_on_which_no_trainer_comes_up_leases_nothing_and_says_why()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: new("/bin/sh", ["-c", "echo libtorch.so is missing >&2; exit 1", "sh"]));
        Silo.Offer(TestWorker.Tiny());

        await Eventually.Holds("it tried twice", () => worker.Log.Count("nothing is leased meanwhile") >= 2);

        Assert.Empty(Silo.LeaseRequests);
        Assert.Contains("trainer ended with exit code 1 at step 0: libtorch.so is missing", worker.Log.Lines.First(line => line.Contains("no trainer comes up", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trainer_that_hangs_on_a_lost_lease_is_killed_and_one_that_hangs_at_the_end_does_not_hold_the_agent_up()
    {
        var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("sleep 600"), grace: TimeSpan.FromSeconds(1));
        var first = Silo.Offer(TestWorker.Tiny());
        await Eventually.Holds("it is leased", () => Silo.Heartbeats.Any(beat => beat.Held.Count > 0));
        var pid = worker.TrainerPid;

        Silo.Lose(first);
        await Eventually.Holds("its trainer is gone", () => !Programs.IsAlive(pid));
        var second = Silo.Offer(TestWorker.Tiny());
        await Eventually.Holds("the next one is leased", () => Silo.Heartbeats.Last().Held.Contains(second.Held));

        Assert.False(await worker.Stop());
        Assert.Empty(second.Order);
        Assert.False(Programs.IsAlive(worker.TrainerPid));
    }

    // What holds for every attempt that ended under its lease.
    private static void AssertSound(StoredAttempt attempt)
    {
        Assert.Equal(Enumerable.Range(0, attempt.Seqs.Count), attempt.Seqs);
        Assert.Equal("outcome", attempt.Order[^1]);
        Assert.Equal(1, attempt.Order.Count(effect => effect == "outcome"));

        // A checkpoint comes after the points up to its step and before any later ones.
        long told = 0;
        foreach (var effect in attempt.Order)
        {
            var step = effect == "outcome" ? told : long.Parse(effect.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(step >= told, $"{effect} came after step {told}: {string.Join(", ", attempt.Order)}");
            told = step;
        }

        Assert.Distinct(attempt.Points.Select(point => (point.Metric, point.Step)));
    }

    private static IEnumerable<long> StepsOf(StoredAttempt attempt, string metric) =>
        attempt.Points.Where(point => point.Metric == metric).Select(point => point.Step);
}
