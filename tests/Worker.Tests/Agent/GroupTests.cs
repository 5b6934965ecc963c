using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>Leases of several experiments, with real trainer processes against a silo over HTTP.</summary>
public sealed class GroupTests : SiloTest
{
    private const int Long = 10_000;

    [Fact]
    public async Task The_members_of_a_group_train_in_one_process_each_with_its_own_effects()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempts = Silo.OfferGroup(3, Members(TestWorker.Tiny(), 3));

        foreach (var attempt in attempts) Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);

        foreach (var attempt in attempts)
        {
            Assert.Equal(Enumerable.Range(1, 8).Select(step => (long)step), StepsOf(attempt));
            Assert.Equal((8, 8), (attempt.TotalSteps, attempt.Commits[^1].Step));
            Assert.StartsWith($"experiment-{attempt.Leased.Id}/fence-{attempt.Leased.Fence}/", attempt.Commits[^1].Path, StringComparison.Ordinal);
        }

        Assert.Distinct(attempts.Select(attempt => attempt.Points.First(point => point.Metric == MetricNames.TrainLoss).Value));
        Assert.Equal(1, worker.Log.Count("is ready (pid"));
        Assert.Contains(Silo.Heartbeats, beat => beat.Held.Count == 0);
    }

    [Fact]
    public async Task A_member_whose_lease_is_lost_stops_alone()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempts = Silo.OfferGroup(3, Members(TestWorker.Tiny(epochs: Long), 3));
        await Eventually.Holds("all report", () => attempts.All(attempt => attempt.Points.Count > 0));

        Silo.Lose(attempts[1]);
        await Eventually.Holds("the others alone are renewed", () => Silo.Heartbeats.Last().Held.ToHashSet().SetEquals([attempts[0].Held, attempts[2].Held]));
        var stored = attempts.Select(attempt => attempt.Points.Count).ToArray();
        await Eventually.Holds("the others go on", () => attempts[0].Points.Count > stored[0] && attempts[2].Points.Count > stored[2]);

        Assert.Equal(stored[1], attempts[1].Points.Count);
        Assert.Equal(1, worker.Log.Count("is ready (pid"));
        Assert.True(await worker.Stop());
        Assert.Equal([AttemptResult.Released, AttemptResult.Released], [(await attempts[0].Outcome).Result, (await attempts[2].Outcome).Result]);
    }

    [Fact]
    public async Task A_member_that_has_ended_is_told_and_held_no_more_while_the_others_train()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var long1 = TestWorker.Tiny(epochs: Long);
        var diverging = long1 with { Seed = 7, Training = long1.Training with { LearningRate = 1e30 } };
        var attempts = Silo.OfferGroup(2, (long1, 0), (diverging, 1));

        var outcome = await attempts[1].Outcome;

        Assert.Equal((AttemptResult.Failed, FailureClass.Numerical), (outcome.Result, outcome.Class));
        await Eventually.Holds("the other alone is renewed", () => Silo.Heartbeats.Last().Held.SequenceEqual([attempts[0].Held]));
        var stored = attempts[0].Points.Count;
        await Eventually.Holds("the other goes on", () => attempts[0].Points.Count > stored);
        Assert.All(attempts[0].Points.Where(point => point.Metric == MetricNames.TrainLoss), point => Assert.True(double.IsFinite(point.Value)));
        Assert.Equal(0, worker.Log.Count("its training stops"));
    }

    [Fact]
    public async Task A_member_with_unsound_settings_fails_alone()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var attempts = Silo.OfferGroup(2, (TestWorker.Tiny(), 0), (TestWorker.Tiny() with { Model = TestWorker.Tiny().Model with { Dropout = 2 } }, 1));

        Assert.Equal(FailureClass.User, (await attempts[1].Outcome).Class);
        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempts[0].Outcome);
    }

    [Fact]
    public async Task A_killed_trainer_fails_all_that_had_not_ended_and_the_next_lease_resumes_each_in_its_place()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var spec = TestWorker.Tiny(epochs: 60, checkpointEvery: 20);
        var first = Silo.OfferGroup(4, [.. Members(spec, 3).Select(member => (member.Spec, member.Place + 1))]);
        await Eventually.Holds("each has a checkpoint", () => first.All(attempt => attempt.Commits.Count > 0));
        var killed = worker.TrainerPid;

        Programs.KillHard(killed);
        foreach (var attempt in first)
        {
            var outcome = await attempt.Outcome;
            Assert.Equal((AttemptResult.Failed, FailureClass.Infrastructure), (outcome.Result, outcome.Class));
            Assert.Matches(@"^trainer was killed by signal 9 \(SIGKILL\) at step \d+", outcome.Reason);
        }

        var second = Silo.OfferAgain(4, first);
        foreach (var (attempt, before) in second.Zip(first))
        {
            Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);
            Assert.Equal(before.Leased.Place, attempt.Leased.Place);
            var from = (int)before.Commits[^1].Step;
            Assert.Equal(Enumerable.Range(from + 1, 480 - from).Select(step => (long)step), StepsOf(attempt));
        }

        Assert.NotEqual(killed, worker.TrainerPid);
    }

    [Fact]
    public async Task Members_that_resume_get_the_points_that_they_would_have_got_without_the_interruption()
    {
        await using var worker = new TestWorker(Silo, Folder);
        var spec = TestWorker.Tiny(epochs: 6, checkpointEvery: 4);
        var whole = Silo.OfferGroup(3, Members(spec, 3));
        foreach (var attempt in whole) await attempt.Outcome;

        // Each at a step of its own: two from their last but one checkpoint, one from its end.
        var resumed = Silo.OfferFrom(3, (whole[0], whole[0].Commits[^2]), (whole[1], whole[1].Commits[^1]), (whole[2], whole[2].Commits[^2]));

        foreach (var (attempt, before) in resumed.Zip(whole))
        {
            Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);
            Assert.Equal(Losses(before).TakeLast(Losses(attempt).Length), Losses(attempt));
        }

        Assert.Equal([4, 0, 4], resumed.Select(attempt => Losses(attempt).Length));

        static (long, double)[] Losses(StoredAttempt attempt) => [.. attempt.Points.Where(point => point.Metric == MetricNames.TrainLoss).Select(point => (point.Step, point.Value))];
    }

    [Fact]
    public async Task A_stopping_worker_saves_and_hands_back_every_member()
    {
        var worker = new TestWorker(Silo, Folder);
        var attempts = Silo.OfferGroup(3, Members(TestWorker.Tiny(epochs: Long, checkpointEvery: 1_000_000), 3));
        await Eventually.Holds("all report", () => attempts.All(attempt => attempt.Points.Count > 0));

        Assert.True(await worker.Stop());

        foreach (var attempt in attempts)
        {
            var saved = Assert.Single(attempt.Commits).Step;
            Assert.Equal(new AttemptOutcome(AttemptResult.Released, Reason: $"worker test-0001 stopped at step {saved}"), await attempt.Outcome);
            Assert.Equal(Enumerable.Range(1, (int)saved).Select(step => (long)step), StepsOf(attempt));
        }
    }

    [Fact]
    public async Task A_trainer_that_hangs_is_killed_only_when_every_lease_it_trains_under_is_lost()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("sleep 600"), grace: TimeSpan.FromSeconds(1));
        var attempts = Silo.OfferGroup(2, Members(TestWorker.Tiny(), 2));
        await Eventually.Holds("both are leased", () => Silo.Heartbeats.Any(beat => beat.Held.Count == 2));
        var pid = worker.TrainerPid;

        Silo.Lose(attempts[0]);
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken); // longer than the patience with one that is lost
        Assert.True(Programs.IsAlive(pid));

        Silo.Lose(attempts[1]);
        await Eventually.Holds("its trainer is gone", () => !Programs.IsAlive(pid));
    }

    [Fact]
    public async Task A_shape_is_measured_told_and_asked_again()
    {
        await using var worker = new TestWorker(Silo, Folder);
        Silo.OfferMeasurement(new("some-shape", TestWorker.Tiny()));
        await Eventually.Holds("the server is told", () => !Silo.Measured.IsEmpty);
        var attempt = Silo.Offer(TestWorker.Tiny());

        Assert.Equal(new AttemptOutcome(AttemptResult.Succeeded), await attempt.Outcome);
        var measured = Assert.Single(Silo.Measured);
        Assert.Equal((Silo.LeaseRequests.First().DeviceKind, "some-shape"), (measured.DeviceKind, measured.Shape));
        Assert.Equal(1, measured.Sizes[0]);
        Assert.Equal(measured.Sizes.Count, measured.SamplesPerSecond.Count);
        Assert.Contains(measured.Size, measured.Sizes);
        Assert.All(measured.Sizes, size => Assert.InRange(size, 1, 8));
        Assert.All(Silo.LeaseRequests, request => Assert.Equal(8, request.MaxGroup));
        Assert.Equal(1, worker.Log.Count("is ready (pid"));
    }

    [Fact]
    public async Task A_shape_that_cannot_be_measured_is_not_told_and_the_next_experiment_is_asked_for_alone()
    {
        await using var worker = new TestWorker(Silo, Folder);
        Silo.OfferMeasurement(new("some-shape", TestWorker.Tiny(data: "organmnist3")));
        await Eventually.Holds("it asks again", () => Silo.LeaseRequests.Count == 2);
        await Silo.Offer(TestWorker.Tiny()).Outcome;
        await Eventually.Holds("it asks once more", () => Silo.LeaseRequests.Count == 3);

        Assert.Equal([8, 1, 8], Silo.LeaseRequests.Select(request => request.MaxGroup));
        Assert.Empty(Silo.Measured);
        Assert.Equal(1, worker.Log.Count("could not be measured"));
    }

    [Fact]
    public async Task A_trainer_that_dies_of_a_measurement_is_replaced()
    {
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script("""case "$request" in *measure*) echo no memory >&2; exit 3;; esac; sleep 600"""), grace: TimeSpan.FromSeconds(1));
        Silo.OfferMeasurement(new("some-shape", TestWorker.Tiny()));

        await Eventually.Holds("it asks again", () => Silo.LeaseRequests.Count == 2);

        Assert.Equal([8, 1], Silo.LeaseRequests.Select(request => request.MaxGroup));
        Assert.Equal(2, worker.Log.Count("is ready (pid"));
        Assert.Equal(1, worker.Log.Count("trainer ended with exit code 3 at step 0: no memory"));
    }

    // They differ in what members of a group may differ in.
    private static (ExperimentSpec Spec, int Place)[] Members(ExperimentSpec spec, int count) =>
        [.. Enumerable.Range(0, count).Select(place => (spec with { Seed = place + 1, Training = spec.Training with { LearningRate = 1e-3 / (place + 1) } }, place))];

    private static IEnumerable<long> StepsOf(StoredAttempt attempt) =>
        attempt.Points.Where(point => point.Metric == MetricNames.TrainLoss).Select(point => point.Step);
}
