using ViViT.Grains.Scheduling;

namespace ViViT.Grains.Tests;

public sealed class WakeThrottleTests
{
    private readonly WakeThrottle throttle = new(TimeSpan.FromMilliseconds(100));

    [Fact]
    public void The_first_signal_goes_through_at_once()
    {
        Assert.Equal(TimeSpan.Zero, Ask(at: 5));
    }

    [Fact]
    public void Signals_within_the_interval_go_through_together_at_its_end()
    {
        Ask(at: 1000);

        Assert.Equal(TimeSpan.FromMilliseconds(70), Ask(at: 1030));
        Assert.Null(Ask(at: 1040));
        Assert.Null(Ask(at: 1099));
    }

    [Fact]
    public void After_the_one_that_waited_the_interval_starts_again()
    {
        Ask(at: 0);
        Ask(at: 50);
        throttle.Release(TimeSpan.FromMilliseconds(100));

        Assert.Equal(TimeSpan.FromMilliseconds(90), Ask(at: 110));
    }

    [Fact]
    public void After_a_quiet_interval_a_signal_goes_through_at_once()
    {
        Ask(at: 0);

        Assert.Equal(TimeSpan.Zero, Ask(at: 100));
    }

    private TimeSpan? Ask(int at) => throttle.Ask(TimeSpan.FromMilliseconds(at));
}
