using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace OrleansSemantics;

internal interface IGate : IGrainWithStringKey
{
    Task Hold(string gate);
    Task Touch(string note);
    [AlwaysInterleave] Task TouchAlways(string note);
    [ReadOnly] Task HoldReading(string gate);
    [ReadOnly] Task TouchReading(string note);
}

internal interface IGateGrain : IGate;

internal abstract class GateBase(Notes notes) : Grain
{
    public async Task Hold(string gate)
    {
        notes.Add("held");
        await notes.Wait(gate);
        notes.Add("released");
    }

    public Task Touch(string note)
    {
        notes.Add(note);
        return Task.CompletedTask;
    }

    public Task TouchAlways(string note) => Touch(note);
    public Task HoldReading(string gate) => Hold(gate);
    public Task TouchReading(string note) => Touch(note);
}

internal sealed class GateGrain(Notes notes) : GateBase(notes), IGateGrain;

internal interface IReentrantGateGrain : IGate;

[Reentrant]
internal sealed class ReentrantGateGrain(Notes notes) : GateBase(notes), IReentrantGateGrain;

internal interface IChoosyGateGrain : IGate;

[MayInterleave(nameof(MayInterleave))]
internal sealed class ChoosyGateGrain(Notes notes) : GateBase(notes), IChoosyGateGrain
{
    public static bool MayInterleave(IInvokable call) => call.GetMethodName() == nameof(IGate.Touch);
}

internal interface ICounterGrain : IGrainWithIntegerKey
{
    Task<int> IncrementSlowly();
    Task<bool> ResumesOnItsScheduler();
    Task<bool> IsSingleThreaded(int tasks);
}

internal sealed class CounterGrain : Grain, ICounterGrain
{
    private int _count;

    public async Task<int> IncrementSlowly()
    {
        var before = _count;
        await Task.Yield();
        await Task.Delay(1);
        return _count = before + 1;
    }

    public async Task<bool> ResumesOnItsScheduler()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Delay(1);
        var afterDelay = ReferenceEquals(scheduler, TaskScheduler.Current);
        var elsewhere = await Task.Run(() => !ReferenceEquals(scheduler, TaskScheduler.Current));
        return afterDelay && elsewhere && ReferenceEquals(scheduler, TaskScheduler.Current) && scheduler != TaskScheduler.Default;
    }

    public async Task<bool> IsSingleThreaded(int tasks)
    {
        var inside = 0;
        var overlapped = false;
        await Task.WhenAll(Enumerable.Range(0, tasks).Select(async _ =>
        {
            await Task.Yield();
            overlapped |= Interlocked.Increment(ref inside) != 1;
            Thread.SpinWait(1000);
            Interlocked.Decrement(ref inside);
        }));
        return !overlapped;
    }
}

internal interface ICallerGrain : IGrainWithStringKey
{
    /// <summary>Calls along <paramref name="path"/>, grain after grain.</summary>
    [ResponseTimeout("00:00:01")] Task<string> Along(string[] path);
    Task<string> AlongReentrantly(string[] path);
}

internal sealed class CallerGrain : Grain, ICallerGrain
{
    public async Task<string> Along(string[] path)
        => path is [var next, .. var rest] ? await GrainFactory.GetGrain<ICallerGrain>(next).Along(rest) : "arrived";

    public async Task<string> AlongReentrantly(string[] path)
    {
        using var section = RequestContext.AllowCallChainReentrancy();
        return path is [var next, .. var rest] ? await GrainFactory.GetGrain<ICallerGrain>(next).AlongReentrantly(rest) : "arrived";
    }
}

public sealed class TurnTests
{
    [Fact]
    public async Task A_call_waits_until_the_call_before_it_has_ended()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IGateGrain>("a");

        var held = grain.Hold("open");
        await silo.Notes.Wait("held");
        var touch = grain.Touch("touched");
        await silo.Grains.GetGrain<IGateGrain>("b").Touch("other grain");
        Assert.False(touch.IsCompleted);
        silo.Notes.Open("open");
        await Task.WhenAll(held, touch);

        Assert.Equal(["held", "other grain", "released", "touched"], silo.Notes.All);
    }

    [Fact]
    public async Task Read_modify_write_across_an_await_loses_nothing()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ICounterGrain>(1);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => grain.IncrementSlowly()));

        Assert.Equal(Enumerable.Range(1, 50), results.Order());
    }

    [Fact]
    public async Task A_reentrant_grain_takes_calls_while_another_awaits()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IReentrantGateGrain>("a");

        var held = grain.Hold("open");
        await silo.Notes.Wait("held");
        await grain.Touch("touched");
        silo.Notes.Open("open");
        await held;

        Assert.Equal(["held", "touched", "released"], silo.Notes.All);
    }

    [Fact]
    public async Task An_always_interleaving_method_runs_while_another_awaits()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IGateGrain>("a");

        var held = grain.Hold("open");
        await silo.Notes.Wait("held");
        await grain.TouchAlways("touched");
        silo.Notes.Open("open");
        await held;

        Assert.Equal(["held", "touched", "released"], silo.Notes.All);
    }

    [Fact]
    public async Task Read_only_methods_interleave_with_each_other_and_with_nothing_else()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IGateGrain>("a");

        var held = grain.HoldReading("open");
        await silo.Notes.Wait("held");
        var write = grain.Touch("written");
        await grain.TouchReading("read");
        Assert.False(write.IsCompleted);
        silo.Notes.Open("open");
        await Task.WhenAll(held, write);

        Assert.Equal(["held", "read", "released", "written"], silo.Notes.All);
    }

    [Fact]
    public async Task The_named_predicate_decides_what_may_interleave()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IChoosyGateGrain>("a");

        var held = grain.Hold("open");
        await silo.Notes.Wait("held");
        var second = grain.Hold("open");
        await grain.Touch("touched");
        Assert.Equal(1, silo.Notes.Count("held"));
        silo.Notes.Open("open");
        await Task.WhenAll(held, second);

        Assert.Equal(["held", "touched", "released", "held", "released"], silo.Notes.All);
    }

    [Fact]
    public async Task Awaits_inside_a_grain_resume_on_its_scheduler()
    {
        await using var silo = await TestSilo.Start();

        Assert.True(await silo.Grains.GetGrain<ICounterGrain>(1).ResumesOnItsScheduler());
    }

    [Fact]
    public async Task Tasks_that_a_grain_starts_run_one_at_a_time()
    {
        await using var silo = await TestSilo.Start();

        Assert.True(await silo.Grains.GetGrain<ICounterGrain>(1).IsSingleThreaded(200));
    }

    [Fact]
    public async Task A_cycle_of_calls_times_out()
    {
        await using var silo = await TestSilo.Start();
        var a = silo.Grains.GetGrain<ICallerGrain>("a");

        await Assert.ThrowsAsync<TimeoutException>(() => a.Along(["b", "a"]));
    }

    [Fact]
    public async Task A_cycle_of_calls_comes_back_where_the_chain_may_re_enter()
    {
        await using var silo = await TestSilo.Start();

        Assert.Equal("arrived", await silo.Grains.GetGrain<ICallerGrain>("a").AlongReentrantly(["b", "a", "b"]));
    }
}
