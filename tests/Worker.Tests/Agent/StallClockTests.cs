using ViViT.Worker.Agent;

namespace ViViT.Worker.Tests.Agent;

public sealed class StallClockTests
{
    private readonly StallClock clock = new();

    [Fact]
    public void A_trainer_that_has_not_done_a_step_yet_may_be_silent_ten_times_as_long()
    {
        clock.Sign(steps: false);

        Assert.Equal((10 * StallClock.Ticks) + 1, TicksUntilHung());
    }

    [Fact]
    public void One_that_trains_hangs_when_it_is_silent_for_the_bound()
    {
        clock.Sign(steps: true);

        Assert.Equal(StallClock.Ticks + 1, TicksUntilHung());
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 40)]
    [InlineData(15, 300)]
    public void One_whose_signs_are_far_apart_may_be_silent_for_twenty_times_the_longest_gap(int gap, int expected)
    {
        clock.Sign(steps: true);
        Pass(gap);
        clock.Sign(steps: true);
        Pass(1);
        clock.Sign(steps: false);

        Assert.Equal(expected + 1, TicksUntilHung());
        Assert.Equal(gap, clock.Longest);
    }

    [Fact]
    public void The_time_of_loading_does_not_count_as_a_gap()
    {
        Pass(100);
        clock.Sign(steps: false);
        Pass(150);
        clock.Sign(steps: true);

        Assert.Equal(0, clock.Longest);
        Assert.Equal(StallClock.Ticks + 1, TicksUntilHung());
    }

    private void Pass(int ticks)
    {
        for (var i = 0; i < ticks; i++) Assert.False(clock.Tick());
    }

    private int TicksUntilHung()
    {
        for (var tick = 1; tick < 10_000; tick++)
        {
            if (clock.Tick()) return tick;
        }

        throw new InvalidOperationException("It never hangs.");
    }
}
