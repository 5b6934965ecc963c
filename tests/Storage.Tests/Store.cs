using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Storage.Tests;

/// <summary>A database of the test's own, with what every test does to it.</summary>
internal sealed class Store : IAsyncDisposable
{
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(15);
    public static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private Store(TestDatabase database)
    {
        Database = database;
        (Sweeps, Experiments, Leases, Pools) = (new(database.Source), new(database.Source), new(database.Source), new(database.Source));
        (Metrics, Checkpoints, Workers, GroupSizes) = (new(database.Source), new(database.Source), new(database.Source), new(database.Source));
    }

    public TestDatabase Database { get; }

    public Sweeps Sweeps { get; }

    public Experiments Experiments { get; }

    public Leases Leases { get; }

    public Pools Pools { get; }

    public Metrics Metrics { get; }

    public Checkpoints Checkpoints { get; }

    public Workers Workers { get; }

    public GroupSizes GroupSizes { get; }

    public static async Task<Store> Create() => new(await PostgresServer.CreateDatabase());

    /// <summary>A sweep over that many seeds, times the given learning rates.</summary>
    public Task<SweepId> Submit(int seeds = 1, params double[] learningRates) => Submit(GroupSetting.Off, seeds, learningRates);

    public Task<SweepId> Submit(GroupSetting group, int seeds = 1, params double[] learningRates) => Submit(group, "shapes3d", seeds, learningRates);

    public async Task<SweepId> Submit(GroupSetting group, string data, int seeds, params double[] learningRates)
    {
        var spec = new SweepSpec
        {
            Name = "test",
            Group = group,
            Experiment = new() { Data = new() { Name = data } },
            Grid = new Dictionary<string, IReadOnlyList<JsonElement>>
            {
                ["seed"] = [.. Enumerable.Range(0, seeds).Select(seed => JsonSerializer.SerializeToElement(seed))],
                ["training.learning_rate"] = [.. (learningRates.Length == 0 ? [1e-3] : learningRates).Select(rate => JsonSerializer.SerializeToElement(rate))],
            },
        };
        var id = await Sweeps.NextId(default);
        List<Cell> cells = [.. SweepExpansion.Expand(spec)];
        await Sweeps.Insert(id, spec, cells, cells.Count, by: null, default);
        return id;
    }

    /// <summary>That many slots, all alike.</summary>
    public static SlotInfo[] Slots(int count, double? memoryGib = null) => [.. Enumerable.Range(0, count).Select(slot => new SlotInfo($"slot-{slot}", "gpu", 100, memoryGib))];

    /// <summary>The next experiment gets that id.</summary>
    public Task ContinueAt(long id) => Database.Execute($"alter table experiment alter column id restart with {id}");

    public async Task<LeasedExperiment> Claim(string worker = "w", DateTimeOffset? now = null) => Assert.Single((await ClaimGroup(worker, maxGroup: 1, now: now))!.Experiments);

    /// <summary>Of the sweep whose turn it is; null when nothing is queued.</summary>
    public async Task<Lease?> ClaimGroup(string worker = "w", int maxGroup = 100, string deviceKind = "gpu", DateTimeOffset? now = null)
    {
        foreach (var demand in FairShare.Order(await Pools.Demands("local", default), new(deviceKind, null)))
        {
            if (await Leases.Claim(demand.Sweep, demand.MaxParallel is not null || (demand.Grouped && maxGroup > 1), worker, new("local", "0", "cpu", deviceKind, maxGroup, 0), Term, now, default) is { } lease) return lease;
        }

        return null;
    }

    /// <summary>The experiment is queued again, its lease lost.</summary>
    public Task Lose(LeasedExperiment lease) => Apply(lease.Id, new ExperimentEvent.LeaseLost(lease.Fence, "silent"));

    /// <summary>The experiment has ended well.</summary>
    public Task Finish(LeasedExperiment lease) => Apply(lease.Id, new ExperimentEvent.AttemptEnded(lease.Fence, new AttemptOutcome(AttemptResult.Succeeded)));

    /// <summary>As its grain does; whatever backs off after it is offered again at once.</summary>
    public async Task Apply(ExperimentId id, ExperimentEvent e)
    {
        await ApplyAndWait(id, e);
        await Leases.EndBackoffs("local", T0.AddYears(1_000), default);
    }

    public async Task ApplyAndWait(ExperimentId id, ExperimentEvent e)
    {
        var (before, etag) = (await Experiments.Read(id, default)).GetValueOrDefault();
        Assert.NotNull(await Experiments.Write(before.Apply(e), before.State == ExperimentState.Running ? AttemptEnding.Of(e) : null, by: null, etag, default));
    }

    public async Task<ReportReply> Flush(LeasedExperiment lease, int seq, params (long Step, double Value)[] points) =>
        (await Metrics.Flush([FlushOf(lease, seq, points)], default))[0];

    public static MetricFlush FlushOf(LeasedExperiment lease, int seq, params (long Step, double Value)[] points) =>
        new(lease.Id, lease.Fence, seq, points[^1].Step, 100, [new("train/loss", [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)])]);

    public async Task<(long, double)[]> Curve(ExperimentId id) =>
        (await Metrics.Curves(id, null, default)).SingleOrDefault() is { } curve ? [.. curve.Steps.Zip(curve.Values)] : [];

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
