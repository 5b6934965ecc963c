using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.TestKit;
using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

public sealed class SweepsTests
{
    [Fact]
    public async Task A_sweep_of_ten_thousand_is_inserted_whole_and_counted()
    {
        await using var store = await Create();

        var id = await store.Submit(seeds: 10_000);

        Assert.Equal(new StateCounts(0, 10_000, 0, 0, 0, 0, 0), (await store.Sweeps.Status(id, default))!.Counts);
        var page = await store.Experiments.List(id, ExperimentState.Queued, afterOrdinal: 9_997, 10, default);
        Assert.Equal([9_998, 9_999], page.Select(row => row.Ordinal));
        Assert.Equal("9999", page[1].Axes["seed"]);
    }

    [Fact]
    public async Task Inserting_a_sweep_again_does_nothing()
    {
        await using var store = await Create();
        var id = await store.Submit(seeds: 2);

        await store.Sweeps.Insert(id, new SweepSpec { Name = "other", Experiment = new() { Data = new() { Name = "shapes3d" } } }, [], 1, by: null, default);

        var status = (await store.Sweeps.Status(id, default))!;
        Assert.Equal(("test", 2), (status.Name, status.Counts.Total));
    }

    [Fact]
    public async Task Axes_keep_the_order_of_the_file()
    {
        await using var store = await Create();
        var id = await store.Submit(seeds: 1, 1e-3);

        Assert.Equal(["seed", "training.learning_rate"], Assert.Single(await store.Experiments.List(id, null, -1, 10, default)).Axes.Keys);
    }

    [Fact]
    public async Task A_sweeps_end_is_written_once_and_an_old_etag_is_refused()
    {
        await using var store = await Create();
        var id = await store.Submit();
        var (sweep, etag) = (await store.Sweeps.Read(id, default)).GetValueOrDefault();

        Assert.NotNull(await store.Sweeps.Write(sweep with { State = SweepState.Cancelled }, "Cancelled by token ada.", by: "token ada", etag, default));

        Assert.Null(await store.Sweeps.Write(sweep with { State = SweepState.Succeeded }, "All done.", by: null, etag, default));
        var status = (await store.Sweeps.Status(id, default))!;
        Assert.Equal(SweepState.Cancelled, status.State);
        Assert.NotNull(status.FinishedAt);
    }

    [Fact]
    public async Task The_latest_sweeps_come_first()
    {
        await using var store = await Create();
        var (first, second) = (await store.Submit(), await store.Submit(seeds: 2));

        Assert.Equal([(second, 2), (first, 1)], (await store.Sweeps.List(10, default)).Select(sweep => (sweep.Id, sweep.Counts.Queued)));
        Assert.Single(await store.Sweeps.List(1, default));
    }

    [Fact]
    public async Task What_does_not_exist_is_null()
    {
        await using var store = await Create();

        Assert.Null(await store.Sweeps.Status(new(7), default));
        Assert.Null(await store.Sweeps.Read(new(7), default));
        Assert.Null(await store.Experiments.Read(new(7), default));
        Assert.Null(await store.Experiments.Detail(new(7), default));
    }

    [Fact]
    public async Task A_worker_is_known_from_its_first_heartbeat_with_what_it_runs()
    {
        await using var store = await Create();
        await store.Submit();
        await store.Claim("gpu-0");

        await store.Workers.Heard("gpu-0", new("local", "node7", Slots(2), "cpu", "0.1.0", []), default);
        await store.Workers.Heard("gpu-0", new("local", "node7", Slots(3), "cpu", "0.1.0", []), default);

        var worker = Assert.Single(await store.Workers.List(default));
        Assert.Equal(("gpu-0", "local", "node7", 3, 1, true), (worker.Name, worker.Pool, worker.Host, worker.Slots, worker.Running, worker.Alive));
    }
}
