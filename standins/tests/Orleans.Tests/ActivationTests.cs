using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace OrleansSemantics;

internal interface ILifeGrain : IGrainWithStringKey
{
    Task<Guid> Instance();
    Task End();
    Task Stay(TimeSpan time);
    Task<bool> HasKeyOfItsReference();
}

internal sealed class LifeGrain(Notes notes) : Grain, ILifeGrain
{
    private readonly Guid _instance = Guid.NewGuid();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(5, cancellationToken);
        notes.Add($"+{this.GetPrimaryKeyString()}");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Delay(5, cancellationToken);
        notes.Add($"-{this.GetPrimaryKeyString()} {reason.ReasonCode}");
    }

    public Task<Guid> Instance() => Task.FromResult(_instance);

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Stay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task<bool> HasKeyOfItsReference()
        => Task.FromResult(this.AsReference<ILifeGrain>().GetPrimaryKeyString() == this.GetPrimaryKeyString());
}

internal interface IPlainGrain : IGrainWithIntegerKey
{
    Task<long> Key();
}

/// <summary>A grain without the base class.</summary>
internal sealed class PlainGrain(IGrainContext context, Notes notes) : IGrainBase, IPlainGrain
{
    public IGrainContext GrainContext => context;

    public Task OnActivateAsync(CancellationToken token)
    {
        notes.Add("activated");
        return Task.CompletedTask;
    }

    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

internal interface IStillbornGrain : IGrainWithIntegerKey
{
    Task Call();
}

internal sealed class StillbornGrain(Notes notes) : Grain, IStillbornGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        notes.Add("attempt");
        return notes.Count("mended") > 0 ? Task.CompletedTask : throw new InvalidDataException("no such row");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notes.Add("deactivated");
        return Task.CompletedTask;
    }

    public Task Call() => Task.CompletedTask;
}

internal interface IUnbuildableGrain : IGrainWithIntegerKey
{
    Task Call();
}

internal sealed class UnbuildableGrain : Grain, IUnbuildableGrain
{
    public UnbuildableGrain() => throw new InvalidDataException("cannot be built");

    public Task Call() => Task.CompletedTask;
}

internal interface IWorkerGrain : IGrainWithIntegerKey
{
    Task<Guid> Work();
}

[StatelessWorker(2)]
internal sealed class WorkerGrain(Notes notes) : Grain, IWorkerGrain
{
    private readonly Guid _instance = Guid.NewGuid();

    public async Task<Guid> Work()
    {
        notes.Add("works");
        await notes.Wait("open");
        return _instance;
    }
}

internal interface IGuidGrain : IGrainWithGuidKey
{
    Task<Guid> Key();
}

internal sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}

internal interface ICompoundGrain : IGrainWithIntegerCompoundKey
{
    Task<string> Key();
}

internal sealed class CompoundGrain : Grain, ICompoundGrain
{
    public Task<string> Key() => Task.FromResult($"{this.GetPrimaryKeyLong(out var extension)}/{extension}");
}

public sealed class ActivationTests
{
    [Fact]
    public async Task A_grain_is_activated_by_its_first_call_and_not_before()
    {
        await using var silo = await TestSilo.Start();

        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        Assert.Empty(silo.Notes.All);
        await grain.Instance();
        await grain.Instance();

        Assert.Equal(["+a"], silo.Notes.All);
    }

    [Fact]
    public async Task Concurrent_first_calls_meet_one_activation()
    {
        await using var silo = await TestSilo.Start();

        var instances = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => silo.Grains.GetGrain<ILifeGrain>("a").Instance())));

        Assert.Single(instances.Distinct());
        Assert.Equal(["+a"], silo.Notes.All);
    }

    [Fact]
    public async Task A_grain_that_ended_itself_is_new_at_the_next_call()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");

        var first = await grain.Instance();
        await grain.End();
        var second = await grain.Instance();

        Assert.NotEqual(first, second);
        Assert.Equal(["+a", "-a ApplicationRequested", "+a"], silo.Notes.All);
    }

    [Fact]
    public async Task Ending_over_and_over_under_load_there_is_never_more_than_one_activation()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            try
            {
                await (i % 10 == 0 ? grain.End() : grain.Instance());
            }
            catch (OrleansMessageRejectionException)
            {
                // Orleans gives a call up after a few forwards from one ended activation to the next.
            }
        })));

        var alive = 0;
        foreach (var note in silo.Notes.All)
        {
            alive += note == "+a" ? 1 : -1;
            Assert.InRange(alive, 0, 1);
        }
    }

    [Fact]
    public async Task The_silo_ends_its_grains_when_it_stops()
    {
        var silo = await TestSilo.Start();
        var notes = silo.Notes;
        await silo.Grains.GetGrain<ILifeGrain>("a").Instance();
        await silo.Grains.GetGrain<ILifeGrain>("b").Instance();

        await silo.DisposeAsync();

        Assert.Equal(["-a ShuttingDown", "-b ShuttingDown"], notes.All.Where(n => n[0] == '-').Order());
    }

    [Fact]
    public async Task An_idle_grain_is_collected_and_one_that_asked_to_stay_is_not()
    {
        await using var silo = await TestSilo.Start(s => s.Configure<GrainCollectionOptions>(o =>
        {
            o.CollectionQuantum = TimeSpan.FromMilliseconds(100);
            o.CollectionAge = TimeSpan.FromMilliseconds(300);
        }));

        await silo.Grains.GetGrain<ILifeGrain>("stays").Stay(TimeSpan.FromMinutes(1));
        await silo.Grains.GetGrain<ILifeGrain>("goes").Instance();
        await silo.Notes.Wait("-goes ActivationIdle");

        Assert.DoesNotContain(silo.Notes.All, n => n.StartsWith("-stays", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_grain_needs_no_base_class()
    {
        await using var silo = await TestSilo.Start();

        Assert.Equal(-7, await silo.Grains.GetGrain<IPlainGrain>(-7).Key());
        Assert.Equal(["activated"], silo.Notes.All);
    }

    [Fact]
    public async Task Keys_of_every_kind_come_back_as_they_went_in()
    {
        await using var silo = await TestSilo.Start();
        var id = Guid.NewGuid();

        Assert.Equal(id, await silo.Grains.GetGrain<IGuidGrain>(id).Key());
        Assert.Equal("-3/b+c", await silo.Grains.GetGrain<ICompoundGrain>(-3, "b+c").Key());
        Assert.True(await silo.Grains.GetGrain<ILifeGrain>("ä/ö+ü").HasKeyOfItsReference());
    }

    [Fact]
    public async Task A_failed_activation_tells_the_caller_why_and_the_next_call_tries_again()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IStillbornGrain>(1);

        var error = await Assert.ThrowsAsync<InvalidDataException>(grain.Call);
        silo.Notes.Add("mended");
        await grain.Call();

        Assert.Equal("no such row", error.Message);
        Assert.Equal(["attempt", "mended", "attempt"], silo.Notes.All);
    }

    [Fact]
    public async Task A_constructor_that_throws_tells_the_caller_why()
    {
        await using var silo = await TestSilo.Start();

        var error = await Assert.ThrowsAnyAsync<Exception>(silo.Grains.GetGrain<IUnbuildableGrain>(1).Call);

        Assert.Contains("cannot be built", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stateless_worker_has_several_activations_but_not_more_than_it_may()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IWorkerGrain>(0);

        var calls = Enumerable.Range(0, 6).Select(_ => grain.Work()).ToArray();
        while (silo.Notes.Count("works") < 2) await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal(2, silo.Notes.Count("works"));
        silo.Notes.Open("open");
        var instances = await Task.WhenAll(calls);

        Assert.Equal(2, instances.Distinct().Count());
    }

    [Fact]
    public void A_grain_id_has_the_same_hash_everywhere()
    {
        // Reminder tables store it: it must not depend on process, machine or runtime.
        Assert.Equal(0x02CC5D05u, IdSpan.Create("").GetUniformHashCode());
        Assert.Equal(0x32D153FFu, IdSpan.Create("abc").GetUniformHashCode());
        Assert.Equal(0xE2293B2Fu, IdSpan.Create("Nobody inspects the spammish repetition").GetUniformHashCode());
        Assert.Equal("experiment/2a", GrainId.Create("experiment", "2a").ToString());
        Assert.Equal(GrainId.Create("experiment", "a/b"), GrainId.Parse("experiment/a/b"));
    }

    [Fact]
    public async Task References_to_one_grain_are_equal()
    {
        await using var silo = await TestSilo.Start();

        Assert.Equal(silo.Grains.GetGrain<ILifeGrain>("a"), silo.Grains.GetGrain<ILifeGrain>("a"));
        Assert.NotEqual(silo.Grains.GetGrain<ILifeGrain>("a"), silo.Grains.GetGrain<ILifeGrain>("b"));
        Assert.Equal("life/a", silo.Grains.GetGrain<ILifeGrain>("a").GetGrainId().ToString());
    }

    [Fact]
    public async Task A_startup_task_can_call_grains()
    {
        await using var silo = await TestSilo.Start(s => s.AddStartupTask(
            async (services, _) => await services.GetRequiredService<IGrainFactory>().GetGrain<ILifeGrain>("first").Instance()));

        Assert.Equal(["+first"], silo.Notes.All);
    }
}
