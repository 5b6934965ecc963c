using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace OrleansSemantics;

[GenerateSerializer, Alias("tests.refused")]
internal sealed class RefusedException(string message, int code) : Exception(message)
{
    [Id(0)] public int Code { get; } = code;
}

internal interface ICalledGrain : IGrainWithStringKey
{
    Task Throw(string message);
    Task ThrowBeforeItsTask(string message);
    Task<int> Refuse();
    [OneWay] Task Tell(string note);
    [OneWay] Task TellAndThrow(string note);
    Task Wait(string gate);
    [ResponseTimeout("00:00:00.2")] Task WaitBriefly(string gate);
    Task WaitCancellably(CancellationToken cancellationToken);
    Task<string?> Context(string key);
    Task<string?> ContextBeyond(string key);
    Task<string?> Ambient();
    ValueTask<int> Sum(int a, int b);
}

internal sealed class CalledGrain(Notes notes) : Grain, ICalledGrain
{
    public static AsyncLocal<string?> AmbientValue { get; } = new();

    public async Task Throw(string message)
    {
        await Task.Yield();
        throw new InvalidDataException(message);
    }

    public Task ThrowBeforeItsTask(string message) => throw new InvalidDataException(message);

    public Task<int> Refuse() => throw new RefusedException("refused", 7);

    public async Task Tell(string note)
    {
        await notes.Wait("open");
        notes.Add(note);
    }

    public Task TellAndThrow(string note)
    {
        notes.Add(note);
        throw new InvalidDataException(note);
    }

    public async Task Wait(string gate)
    {
        await notes.Wait(gate);
        notes.Add("waited");
    }

    public Task WaitBriefly(string gate) => Wait(gate);

    public async Task WaitCancellably(CancellationToken cancellationToken)
    {
        var scheduler = TaskScheduler.Current;
        notes.Add("waits");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            notes.Add(ReferenceEquals(scheduler, TaskScheduler.Current) ? "cancelled" : "cancelled elsewhere");
        }
    }

    public Task<string?> Context(string key) => Task.FromResult((string?)RequestContext.Get(key));

    public Task<string?> ContextBeyond(string key) => GrainFactory.GetGrain<ICalledGrain>("beyond").Context(key);

    public Task<string?> Ambient() => Task.FromResult(AmbientValue.Value);

    public ValueTask<int> Sum(int a, int b) => ValueTask.FromResult(a + b);
}

internal sealed class CountingFilter(Notes notes) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not CalledGrain)
        {
            await context.Invoke();
            return;
        }

        notes.Add($"> {context.MethodName} {context.TargetId} {context.Request.GetArgumentCount()}");
        try
        {
            await context.Invoke();
            if (context.Result is int sum) context.Result = sum + 100;
        }
        finally
        {
            notes.Add($"< {context.ImplementationMethod.Name}");
        }
    }
}

public sealed class CallTests
{
    [Fact]
    public async Task An_exception_reaches_the_caller_with_type_and_message()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");

        Assert.Equal("late", (await Assert.ThrowsAsync<InvalidDataException>(() => grain.Throw("late"))).Message);
        Assert.Equal("early", (await Assert.ThrowsAsync<InvalidDataException>(() => grain.ThrowBeforeItsTask("early"))).Message);
        var refused = await Assert.ThrowsAsync<RefusedException>(grain.Refuse);
        Assert.Equal(("refused", 7), (refused.Message, refused.Code));
        Assert.Equal(5, await grain.Sum(2, 3));
    }

    [Fact]
    public async Task A_one_way_call_does_not_wait_and_hides_its_error()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");

        await grain.Tell("told");
        Assert.Empty(silo.Notes.All);
        await grain.TellAndThrow("thrown");
        silo.Notes.Open("open");
        await silo.Notes.Wait("thrown");

        Assert.Equal(["thrown", "told"], silo.Notes.All.Order());
    }

    [Fact]
    public async Task A_call_that_takes_too_long_times_out_and_goes_on()
    {
        await using var silo = await TestSilo.Start(s => s.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromMilliseconds(300)));
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");

        await Assert.ThrowsAsync<TimeoutException>(() => grain.Wait("open"));
        Assert.Empty(silo.Notes.All);
        silo.Notes.Open("open");
        await silo.Notes.Wait("waited");
    }

    [Fact]
    public async Task A_method_can_have_its_own_timeout()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");

        await Assert.ThrowsAsync<TimeoutException>(() => grain.WaitBriefly("open"));
        silo.Notes.Open("open");
    }

    [Fact]
    public async Task Cancelling_reaches_the_grain_and_frees_the_caller()
    {
        await using var silo = await TestSilo.Start();
        using var cancel = new CancellationTokenSource();

        var call = silo.Grains.GetGrain<ICalledGrain>("a").WaitCancellably(cancel.Token);
        await silo.Notes.Wait("waits");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await silo.Notes.Wait("cancelled");
    }

    [Fact]
    public async Task Request_context_flows_with_the_call_and_ambient_values_do_not()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");

        CalledGrain.AmbientValue.Value = "here";
        Assert.Null(await grain.Ambient());
        RequestContext.Set("who", "me");
        Assert.Equal("me", await grain.ContextBeyond("who"));
        RequestContext.Remove("who");
        Assert.Null(await grain.Context("who"));
    }

    [Fact]
    public async Task A_filter_sees_every_call_and_may_change_its_result()
    {
        await using var silo = await TestSilo.Start(s => s.AddIncomingGrainCallFilter<CountingFilter>());
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");

        Assert.Equal(105, await grain.Sum(2, 3));
        await Assert.ThrowsAsync<InvalidDataException>(() => grain.Throw("x"));

        Assert.Equal(["> Sum called/a 2", "< Sum", "> Throw called/a 1", "< Throw"], silo.Notes.All);
    }

    [Fact]
    public async Task Nothing_is_called_after_the_silo_has_stopped()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<ICalledGrain>("a");
        await grain.Sum(1, 1);
        await silo.Stop();

        await Assert.ThrowsAnyAsync<Exception>(() => grain.Sum(1, 1).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_running_call_is_answered_while_the_silo_stops()
    {
        var silo = await TestSilo.Start();
        var notes = silo.Notes;
        var call = silo.Grains.GetGrain<IGateGrain>("a").Hold("open");
        await notes.Wait("held");

        var stop = silo.Stop();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(stop.IsCompleted);
        notes.Open("open");

        await call;
        await stop;
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_without_clustering_does_not_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(_ => { });

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var host = builder.Build();
            await host.StartAsync(TestContext.Current.CancellationToken);
        });
    }

    [Fact]
    public async Task A_host_offers_a_client_and_a_factory()
    {
        await using var silo = await TestSilo.Start();

        Assert.Equal(3, await silo.Services.GetRequiredService<IClusterClient>().GetGrain<ICalledGrain>("a").Sum(1, 2));
        Assert.Equal(3, await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ICalledGrain>("a").Sum(1, 2));
    }
}
