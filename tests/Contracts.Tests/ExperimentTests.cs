using ViViT.Contracts.Experiments;

namespace ViViT.Contracts.Tests;

public sealed class ExperimentTests
{
    private static readonly Experiment Queued = new() { Id = new(7), Sweep = new(1), State = ExperimentState.Queued, Fence = 4, Attempt = 1, MaxAttempts = 3 };
    private static readonly Experiment Running = Queued.Apply(new ExperimentEvent.Granted("gpu-0", Fence: 5));

    private static ExperimentEvent.AttemptEnded Ended(long fence, AttemptResult result, FailureClass? failure = null) =>
        new ExperimentEvent.AttemptEnded(fence, new AttemptOutcome(result, failure, failure is null ? null : "it broke"));

    [Fact]
    public void A_grant_with_a_higher_fence_starts_the_next_attempt()
    {
        Assert.Equal((ExperimentState.Running, 5, 2, "gpu-0"), (Running.State, Running.Fence, Running.Attempt, Running.Worker));
    }

    [Fact]
    public void A_grant_with_an_old_fence_changes_nothing()
    {
        Assert.Same(Queued, Queued.Apply(new ExperimentEvent.Granted("gpu-0", Fence: 4)));
    }

    [Fact]
    public void Success_is_final_and_keeps_its_fence()
    {
        var done = Running.Apply(Ended(5, AttemptResult.Succeeded));

        Assert.Equal((ExperimentState.Succeeded, 5, null), (done.State, done.Fence, done.Worker));
        Assert.Same(done, done.Apply(Ended(5, AttemptResult.Failed, FailureClass.Infrastructure)));
        Assert.Same(done, done.Apply(new ExperimentEvent.Cancelled("user")));
    }

    [Fact]
    public void An_infrastructure_failure_queues_it_again_under_a_higher_fence()
    {
        var again = Running.Apply(Ended(5, AttemptResult.Failed, FailureClass.Infrastructure));

        Assert.Equal((ExperimentState.Queued, 6, 2, null, "it broke"), (again.State, again.Fence, again.Attempt, again.Worker, again.Reason));
    }

    [Fact]
    public void Each_failure_doubles_the_wait_and_another_worker_is_preferred()
    {
        var patient = Running with { MaxAttempts = 100 };
        for (var failures = 0; failures < 12; failures++)
        {
            var again = (patient with { Failures = failures }).Apply(new ExperimentEvent.LeaseLost(5, "silent"));

            var nominal = Math.Min(Math.Pow(2, failures), 300);
            Assert.InRange(again.Backoff.TotalSeconds, nominal / 2, nominal);
            Assert.Equal("gpu-0", again.Avoid);
        }
    }

    [Fact]
    public void Waits_differ_between_experiments_and_are_the_same_each_time()
    {
        TimeSpan[] Waits() => [.. Enumerable.Range(1, 50).Select(id => (Running with { Id = new(id) }).Apply(new ExperimentEvent.LeaseLost(5, "silent")).Backoff)];

        Assert.Equal(Waits(), Waits());
        Assert.Equal(50, Waits().Distinct().Count());
    }

    [Fact]
    public void The_last_attempt_is_made_alone()
    {
        var grouped = Running with { GroupSize = 4, Failures = 1 };

        var last = grouped.Apply(Ended(5, AttemptResult.Failed, FailureClass.Infrastructure));
        var earlier = (grouped with { Failures = 0 }).Apply(Ended(5, AttemptResult.Failed, FailureClass.Infrastructure));

        Assert.Equal((null, 1), (last.GroupSize, last.GroupLimit));
        Assert.Equal((4, null), (earlier.GroupSize, earlier.GroupLimit));
    }

    [Fact]
    public void Out_of_memory_goes_on_in_half_the_group_and_then_in_smaller_pieces_of_a_batch_until_nothing_is_left_to_halve()
    {
        var experiment = Running with { GroupSize = 5, BatchSize = 3 };
        List<(int? Limit, int Pieces)> tried = [];
        while (experiment.Apply(Ended(experiment.Fence, AttemptResult.Failed, FailureClass.OutOfMemory)) is { State: ExperimentState.Queued } smaller)
        {
            tried.Add((smaller.GroupLimit, smaller.Accumulate));
            Assert.Equal((0, TimeSpan.Zero), (smaller.Failures, smaller.Backoff));
            experiment = smaller.Apply(new ExperimentEvent.Granted("gpu-0", smaller.Fence + 1)) with { GroupSize = smaller.GroupLimit };
        }

        Assert.Equal([(2, 1), (1, 1), (1, 2), (1, 3)], tried);
        var failed = experiment.Apply(Ended(experiment.Fence, AttemptResult.Failed, FailureClass.OutOfMemory));
        Assert.Equal(ExperimentState.Failed, failed.State);
        Assert.Contains("larger device", failed.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExperimentState.Queued)]
    [InlineData(ExperimentState.Running)]
    public void A_stopping_rule_ends_what_goes_on_and_fences_its_worker_off(ExperimentState state)
    {
        var stopped = (Queued with { State = state }).Apply(new ExperimentEvent.StoppedByRule("worse than the median"));

        Assert.Equal((ExperimentState.Stopped, 5, "worse than the median"), (stopped.State, stopped.Fence, stopped.Reason));
    }

    [Theory]
    [InlineData(ExperimentState.Failed, true)]
    [InlineData(ExperimentState.Cancelled, true)]
    [InlineData(ExperimentState.Succeeded, false)]
    [InlineData(ExperimentState.Stopped, false)]
    [InlineData(ExperimentState.Running, false)]
    public void Only_what_failed_or_was_cancelled_gets_another_attempt_with_all_attempts_anew(ExperimentState state, bool again)
    {
        var before = Queued with { State = state, Failures = 3 };

        var after = before.Apply(new ExperimentEvent.Retried("by ada"));

        if (again) Assert.Equal((ExperimentState.Queued, 0, 4), (after.State, after.Failures, after.Fence));
        else Assert.Same(before, after);
    }

    [Fact]
    public void The_last_attempts_infrastructure_failure_is_final()
    {
        var failed = (Running with { Failures = 2 }).Apply(Ended(5, AttemptResult.Failed, FailureClass.Infrastructure));

        Assert.Equal((ExperimentState.Failed, "it broke (attempt 3 of 3)"), (failed.State, failed.Reason));
    }

    [Theory]
    [InlineData(FailureClass.User)]
    [InlineData(FailureClass.Numerical)]
    public void A_failure_that_another_attempt_would_repeat_is_final_at_once(FailureClass failure)
    {
        Assert.Equal(ExperimentState.Failed, Running.Apply(Ended(5, AttemptResult.Failed, failure)).State);
    }

    [Fact]
    public void A_lost_lease_queues_it_again_and_a_late_outcome_changes_nothing()
    {
        var again = Running.Apply(new ExperimentEvent.LeaseLost(5, "no heartbeat for 15 s"));

        Assert.Equal((ExperimentState.Queued, 6), (again.State, again.Fence));
        Assert.Same(again, again.Apply(Ended(5, AttemptResult.Succeeded)));
    }

    [Fact]
    public void A_lease_that_was_granted_anew_is_not_lost_by_old_news()
    {
        Assert.Same(Running, Running.Apply(new ExperimentEvent.LeaseLost(4, "late")));
    }

    [Fact]
    public void Handing_back_costs_no_attempt()
    {
        var again = Running.Apply(Ended(5, AttemptResult.Released));

        Assert.Equal((ExperimentState.Queued, 6, Running.Failures, TimeSpan.Zero), (again.State, again.Fence, again.Failures, again.Backoff));
    }

    [Theory]
    [InlineData(ExperimentState.Pending)]
    [InlineData(ExperimentState.Queued)]
    [InlineData(ExperimentState.Running)]
    public void Cancelling_ends_whatever_is_not_final_and_fences_its_worker_off(ExperimentState state)
    {
        var cancelled = (Queued with { State = state }).Apply(new ExperimentEvent.Cancelled("by ada"));

        Assert.Equal((ExperimentState.Cancelled, 5, "by ada"), (cancelled.State, cancelled.Fence, cancelled.Reason));
    }

    [Fact]
    public void No_event_moves_a_final_state_or_lowers_a_fence()
    {
        ExperimentEvent[] events =
        [
            new ExperimentEvent.Submitted(), new ExperimentEvent.Granted("w", 5), new ExperimentEvent.LeaseLost(4, "l"), new ExperimentEvent.Cancelled("c"), new ExperimentEvent.StoppedByRule("s"),
            Ended(4, AttemptResult.Succeeded), Ended(4, AttemptResult.Released), Ended(4, AttemptResult.Failed, FailureClass.Infrastructure),
        ];

        foreach (var state in Enum.GetValues<ExperimentState>())
        {
            var before = Queued with { State = state };
            foreach (var after in events.Select(before.Apply))
            {
                Assert.True(after.Fence >= before.Fence);
                if (state.IsFinal()) Assert.Same(before, after);
            }
        }
    }
}
