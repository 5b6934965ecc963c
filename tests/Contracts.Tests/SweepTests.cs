using ViViT.Contracts.Sweeps;

namespace ViViT.Contracts.Tests;

public sealed class SweepTests
{
    private static readonly Sweep Running = new() { Id = new(1), State = SweepState.Running };

    [Fact]
    public void A_sweep_with_work_left_goes_on()
    {
        Assert.Same(Running, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 1, 5, 0, 0, 0), Expected: 6)));
    }

    [Fact]
    public void A_sweep_whose_experiments_all_succeeded_has_succeeded()
    {
        Assert.Equal(SweepState.Succeeded, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 6, 0, 0, 0), Expected: 6)).State);
    }

    [Fact]
    public void One_failure_makes_the_sweep_failed()
    {
        Assert.Equal(SweepState.Failed, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 5, 1, 0, 0), Expected: 6)).State);
    }

    [Fact]
    public void A_sweep_without_rows_yet_is_not_over()
    {
        Assert.Same(Running, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 0, 0, 0, 0), Expected: 6)));
    }

    [Fact]
    public void A_sweep_whose_search_has_experiments_still_to_choose_is_not_over()
    {
        Assert.Same(Running, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 5, 0, 0, 0), Expected: 6)));
    }

    [Fact]
    public void Pausing_and_resuming_are_each_others_undoing_and_a_paused_sweep_may_end()
    {
        var paused = Running.Apply(new SweepEvent.PauseRequested());

        Assert.Equal(SweepState.Paused, paused.State);
        Assert.Equal(Running, paused.Apply(new SweepEvent.ResumeRequested()));
        Assert.Equal(SweepState.Cancelled, paused.Apply(new SweepEvent.CancelRequested()).State);
        Assert.Equal(SweepState.Succeeded, paused.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 6, 0, 0, 0), Expected: 6)).State);
    }

    [Theory]
    [InlineData(SweepState.Failed, SweepState.Running)]
    [InlineData(SweepState.Cancelled, SweepState.Running)]
    [InlineData(SweepState.Succeeded, SweepState.Running)]
    [InlineData(SweepState.Paused, SweepState.Paused)]
    public void Another_attempt_makes_a_sweep_that_ended_run_again(SweepState before, SweepState after)
    {
        Assert.Equal(after, (Running with { State = before }).Apply(new SweepEvent.Retried()).State);
    }

    [Fact]
    public void Cancelled_stays_cancelled()
    {
        var cancelled = Running.Apply(new SweepEvent.CancelRequested());

        Assert.Equal(SweepState.Cancelled, cancelled.State);
        Assert.Same(cancelled, cancelled.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 6, 0, 0, 0), Expected: 6)));
    }
}
