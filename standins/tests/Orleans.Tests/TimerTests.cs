using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace OrleansSemantics;

internal interface ITimerGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive);
    Task StartAndHold(bool interleave);
    Task StartFailing();
    Task Stop();
    Task Change(TimeSpan due, TimeSpan period);
    Task StartElsewhere();
}

internal sealed class TimerGrain(Notes notes) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private TaskScheduler? _scheduler;
    private int _ticks;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notes.Add("deactivated");
        return Task.CompletedTask;
    }

    public Task Start(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive)
    {
        _scheduler = TaskScheduler.Current;
        _timer = this.RegisterGrainTimer(
            Tick, "state", new GrainTimerCreationOptions { DueTime = due, Period = period, Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public async Task StartAndHold(bool interleave)
    {
        await Start(TimeSpan.Zero, Timeout.InfiniteTimeSpan, interleave, false);
        await (interleave ? notes.Wait("tick 1") : Task.Delay(150));
        notes.Add("call ends");
    }

    public Task StartFailing()
    {
        this.RegisterGrainTimer(
            () =>
            {
                notes.Add($"fails {++_ticks}");
                throw new InvalidDataException("tick");
            },
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(20));
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        notes.Add("stopped");
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public async Task StartElsewhere() => await Task.Run(() => this.RegisterGrainTimer(() => Task.CompletedTask, TimeSpan.Zero, TimeSpan.Zero));

    private async Task Tick(string state, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var tick = ++_ticks;
        notes.Add(ReferenceEquals(_scheduler, TaskScheduler.Current) && state == "state" ? $"tick {tick}" : "tick elsewhere");
    }
}

public sealed class TimerTests
{
    private static readonly TimeSpan s_brief = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_timer_ticks_on_its_grains_scheduler_until_it_is_disposed()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");

        await grain.Start(s_brief, s_brief, false, false);
        await silo.Notes.Wait("tick 3");
        await grain.Stop();
        await Task.Delay(150, TestContext.Current.CancellationToken);

        Assert.Equal("stopped", silo.Notes.All[^1]);
        Assert.DoesNotContain("tick elsewhere", silo.Notes.All);
    }

    [Fact]
    public async Task A_tick_waits_for_the_call_that_runs()
    {
        await using var silo = await TestSilo.Start();

        await silo.Grains.GetGrain<ITimerGrain>("a").StartAndHold(interleave: false);
        await silo.Notes.Wait("tick 1");

        Assert.Equal(["call ends", "tick 1"], silo.Notes.All);
    }

    [Fact]
    public async Task An_interleaving_tick_does_not_wait()
    {
        await using var silo = await TestSilo.Start();

        await silo.Grains.GetGrain<ITimerGrain>("a").StartAndHold(interleave: true);

        Assert.Equal(["tick 1", "call ends"], silo.Notes.All);
    }

    [Fact]
    public async Task A_timer_without_period_ticks_once_and_can_be_set_again()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");

        await grain.Start(TimeSpan.Zero, Timeout.InfiniteTimeSpan, false, false);
        await silo.Notes.Wait("tick 1");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(["tick 1"], silo.Notes.All);

        await grain.Change(s_brief, Timeout.InfiniteTimeSpan);
        await silo.Notes.Wait("tick 2");
    }

    [Fact]
    public async Task A_tick_that_throws_does_not_stop_the_timer()
    {
        await using var silo = await TestSilo.Start();

        await silo.Grains.GetGrain<ITimerGrain>("a").StartFailing();

        await silo.Notes.Wait("fails 3");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ticks_keep_a_grain_alive_only_where_they_say_so(bool keepAlive)
    {
        await using var silo = await TestSilo.Start(s => s.Configure<GrainCollectionOptions>(o =>
        {
            o.CollectionQuantum = TimeSpan.FromMilliseconds(100);
            o.CollectionAge = TimeSpan.FromMilliseconds(500);
        }));

        await silo.Grains.GetGrain<ITimerGrain>("a").Start(s_brief, s_brief, false, keepAlive);
        if (keepAlive) await Task.Delay(1200, TestContext.Current.CancellationToken);
        else await silo.Notes.Wait("deactivated");

        Assert.Equal(keepAlive ? 0 : 1, silo.Notes.Count("deactivated"));
    }

    [Fact]
    public async Task A_timer_cannot_be_started_outside_the_grains_turns()
    {
        await using var silo = await TestSilo.Start();

        await Assert.ThrowsAnyAsync<Exception>(silo.Grains.GetGrain<ITimerGrain>("a").StartElsewhere);
    }
}
