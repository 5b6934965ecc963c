using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Grains.Experiments;
using ViViT.Grains.Scheduling;
using ViViT.Grains.Sweeps;
using ViViT.Grains.Workers;
using ViViT.Storage;
using ViViT.TestKit;

namespace ViViT.Grains.Tests;

/// <summary>A silo in this process on a real database; two of them on one database stand for a restart or for two silos.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    public const string Pool = "local";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IHost host;

    private TestSilo(IHost host) => this.host = host;

    public IGrainFactory Grains => Get<IGrainFactory>();

    public static async Task<TestSilo> Start(TestDatabase database, double termSeconds = 30)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddLogging().AddSingleton(TimeProvider.System);
        builder.Services.AddStorage(database.ConnectionString);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Find(), FreePort.Find(), serviceId: "test", clusterId: "test")
            .AddViViTGrains(new LeaseTiming(TimeSpan.FromSeconds(termSeconds))));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TestSilo(host);
    }

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    /// <summary>A sweep of that many experiments that differ in their seed.</summary>
    public static SweepSpec Spec(int experiments = 1, int maxAttempts = 5, string pool = Pool, GroupSetting? group = null) => new()
    {
        Name = "test",
        Group = group ?? GroupSetting.Auto,
        Pool = pool,
        MaxAttempts = maxAttempts,
        Experiment = new() { Data = new() { Name = "shapes3d" } },
        Grid = new Dictionary<string, IReadOnlyList<JsonElement>>
        {
            ["seed"] = [.. Enumerable.Range(0, experiments).Select(seed => JsonSerializer.SerializeToElement(seed))],
        },
    };

    public async Task<SweepId> Submit(SweepSpec spec)
    {
        var id = await Get<Storage.Sweeps>().NextId(TestContext.Current.CancellationToken);
        Assert.Empty(await Grains.GetGrain<ISweepGrain>(id.Value).Submit(spec, "token ada"));
        return id;
    }

    public async Task<LeasedExperiment?> TryLease(string worker = "worker") => (await TryLeaseGroup(worker, maxGroup: 1))?.Experiments.Single();

    public Task<Lease?> TryLeaseGroup(string worker = "worker", int maxGroup = 100, string deviceKind = "cpu/test", double? memoryGib = null) =>
        Grains.GetGrain<ISchedulerGrain>(Pool).Lease(worker, new LeaseRequest(Pool, "0", "cpu", deviceKind, maxGroup, WaitSeconds: 0, memoryGib));

    /// <summary>The next experiment, waited for while it backs off.</summary>
    public async Task<LeasedExperiment> Lease(string worker = "worker") => (await Until(() => TryLease(worker), lease => lease is not null))!;

    public async Task<ReportStatus> Report(LeasedExperiment lease, AttemptOutcome outcome) =>
        (await Grains.GetGrain<IExperimentGrain>(lease.Id.Value).Report(new ExperimentEvent.AttemptEnded(lease.Fence, outcome))).Status;

    public Task<HeartbeatReply> Heartbeat(string worker, params LeasedExperiment[] held) =>
        Grains.GetGrain<IWorkerGrain>(worker).Heartbeat(new Heartbeat(Pool, "host", [new("slot-0", "cpu/test", 100, null)], "cpu", "1", [.. held.Select(lease => new Held(lease.Id, lease.Fence))]));

    public async Task<Experiment> Read(ExperimentId id) =>
        (await Get<Storage.Experiments>().Read(id, TestContext.Current.CancellationToken) ?? throw new InvalidOperationException($"No experiment {id}.")).Item1;

    public async Task<IReadOnlyList<AttemptRow>> Attempts(ExperimentId id) => await Get<Storage.Experiments>().Attempts(id, TestContext.Current.CancellationToken);

    public async Task<SweepStatus> Status(SweepId id) => (await Get<Storage.Sweeps>().Status(id, TestContext.Current.CancellationToken))!;

    /// <summary>Waits until it holds; fails with the last state seen.</summary>
    public static async Task<T> Until<T>(Func<Task<T>> look, Func<T, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = await look();
            if (holds(seen))
            {
                return seen;
            }

            Assert.False(patience.IsCancellationRequested, $"Waited {Patience} in vain; last seen: {seen}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public Task<SweepStatus> UntilSweep(SweepId id, SweepState state) => Until(() => Status(id), status => status.State == state);

    public Task<Experiment> UntilExperiment(ExperimentId id, ExperimentState state) => Until(() => Read(id), experiment => experiment.State == state);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }
}
