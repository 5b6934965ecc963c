using ViViT.Contracts.Sweeps;

namespace ViViT.Contracts.Tests;

public sealed class SweepTests
{
    private static readonly Sweep Running = new() { Id = new(1), State = SweepState.Running };

    [Fact]
    public void A_sweep_with_work_left_goes_on()
    {
        Assert.Same(Running, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 1, 5, 0, 0, 0))));
    }

    [Fact]
    public void A_sweep_whose_experiments_all_succeeded_has_succeeded()
    {
        Assert.Equal(SweepState.Succeeded, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 6, 0, 0, 0))).State);
    }

    [Fact]
    public void One_failure_makes_the_sweep_failed()
    {
        Assert.Equal(SweepState.Failed, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 5, 1, 0, 0))).State);
    }

    [Fact]
    public void A_sweep_without_rows_yet_is_not_over()
    {
        Assert.Same(Running, Running.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 0, 0, 0, 0))));
    }

    [Fact]
    public void Cancelled_stays_cancelled()
    {
        var cancelled = Running.Apply(new SweepEvent.CancelRequested());

        Assert.Equal(SweepState.Cancelled, cancelled.State);
        Assert.Same(cancelled, cancelled.Apply(new SweepEvent.Progressed(new StateCounts(0, 0, 0, 6, 0, 0, 0))));
    }
}
