using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

public sealed class AgentHealthTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void A_loop_that_does_not_beat_again_within_its_promise_is_named()
    {
        var health = new AgentHealth(time);
        var (heartbeat, slot) = (health.Watchdog.Of("heartbeat"), health.Watchdog.Of("slot-0"));
        heartbeat.Beat(TimeSpan.FromSeconds(5));
        slot.Beat(TimeSpan.FromSeconds(50));

        time.Advance(TimeSpan.FromSeconds(64));
        Assert.Null(health.WhyDead());
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("standing still: heartbeat", health.WhyDead());
        heartbeat.Beat(TimeSpan.FromSeconds(5));
        Assert.Null(health.WhyDead());
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("standing still: heartbeat, slot-0", health.WhyDead());
    }

    [Fact]
    public void A_loop_that_rests_may_take_as_long_as_it_takes()
    {
        var health = new AgentHealth(time);
        health.Watchdog.Of("slot-0").Beat(TimeSpan.FromSeconds(50));
        health.Watchdog.Of("slot-0").Rest();
        health.Watchdog.Of("slot-1");

        time.Advance(TimeSpan.FromDays(1));

        Assert.Null(health.WhyDead());
    }

    [Fact]
    public void It_is_ready_from_its_registration_until_it_drains()
    {
        var health = new AgentHealth(time);

        Assert.Equal("not registered with the server yet", health.WhyUnready());
        health.Register();
        Assert.Null(health.WhyUnready());
        health.Close();
        Assert.Equal("draining", health.WhyUnready());
    }
}
