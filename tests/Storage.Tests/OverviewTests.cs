using ViViT.Contracts.Experiments;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

public sealed class OverviewTests
{
    [Fact]
    public async Task An_empty_database_has_nothing_to_show()
    {
        await using var store = await Create();

        var seen = await Read(store);

        Assert.Empty(seen.Pools);
        Assert.Null(seen.PartitionsAhead);
        Assert.All(seen.Sweeps.Values, count => Assert.Equal(0, count));
        Assert.Equal(Enum.GetValues<SweepState>(), seen.Sweeps.Keys);
    }

    [Fact]
    public async Task A_pool_is_shown_by_what_waits_runs_and_works()
    {
        await using var store = await Create();
        await store.Submit(seeds: 6);
        await Beat(store, "ready", 2);
        await Beat(store, "cordoned", 3);
        await Beat(store, "draining", 4);
        await store.Workers.Cordon("cordoned", "loud", by: null, default);
        await store.Workers.Drain("draining", by: null, default);
        await store.Claim("ready");
        var failed = await store.Claim("ready");
        await store.ApplyAndWait(failed.Id, new ExperimentEvent.LeaseLost(failed.Fence, "silent"));

        var seen = await Read(store);

        var pool = Assert.Single(seen.Pools);
        Assert.Equal(("local", 4, 1, 1, 5), (pool.Pool, pool.Waiting, pool.BackingOff, pool.Running, pool.SlotsWanted));
        Assert.Equal(new WorkerCounts(1, 1, 1, 0), pool.Workers);
        Assert.Equal(new SlotCounts(1, 1, 7), pool.Slots);
        Assert.True(pool is { OldestSeconds: >= 0, UnsavedSeconds: >= 0, HeartbeatSeconds: >= 0 });
        Assert.Equal((1, 1), (seen.Sweeps[SweepState.Running], seen.PartitionsAhead));
        Assert.True(seen.DatabaseBytes > 0);
    }

    [Fact]
    public async Task A_silent_worker_is_shown_until_it_is_taken_for_gone_and_one_that_was_drained_is_not()
    {
        await using var store = await Create();
        foreach (var (name, minutes) in ((string, int)[])[("alive", 0), ("silent", 2), ("gone", 11), ("drained", 2)])
        {
            await Beat(store, name, 1);
            await store.Database.Execute($"update worker set last_seen = clock_timestamp() - interval '{minutes} minutes' where name = '{name}'");
        }

        await store.Workers.Drain("drained", by: null, default);

        var pool = Assert.Single((await Read(store)).Pools);

        Assert.Equal(new WorkerCounts(1, 0, 0, 1), pool.Workers);
        Assert.Equal(new SlotCounts(0, 1, 1), pool.Slots);
        Assert.InRange(pool.HeartbeatSeconds!.Value, 0, 60); // the silent one's is left out
    }

    [Fact]
    public async Task A_checkpoint_makes_what_runs_young_again()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();
        await store.Database.Execute("update experiment set state_since = state_since - interval '1 hour'");
        Assert.InRange(Assert.Single((await Read(store)).Pools).UnsavedSeconds!.Value, 3_600, 7_200);

        await store.Checkpoints.Commit(new CheckpointCommit(lease.Id, lease.Fence, new(1, "a/1", new string('a', 64), 1)), default);

        Assert.InRange(Assert.Single((await Read(store)).Pools).UnsavedSeconds!.Value, 0, 1_800);
    }

    [Fact]
    public async Task A_limit_of_slots_limits_what_is_wanted_and_a_paused_sweep_wants_nothing()
    {
        await using var store = await Create();
        var (limited, paused) = (await store.Submit(seeds: 5), await store.Submit(seeds: 5));
        await store.Database.Execute($"update sweep set max_parallel = 2 where id = {limited}; update sweep set state = 'paused' where id = {paused}");
        Assert.Equal(limited, (await store.Claim()).Sweep);

        var pool = Assert.Single((await Read(store)).Pools);

        Assert.Equal((4, 2), (pool.Waiting, pool.SlotsWanted));
    }

    [Fact]
    public async Task A_long_queue_is_counted_as_far_as_pays_and_its_length_is_right_all_the_same()
    {
        await using var store = await Create();
        await store.Submit(seeds: 3_000);
        var lease = await store.Claim();
        await store.Claim();
        await store.Lose(lease); // goes back to the front: a gap behind it

        var pool = Assert.Single((await Read(store)).Pools);

        Assert.Equal((2_999, 1), (pool.Waiting, pool.Running));
    }

    private static Task<OverviewRow> Read(Store store) => new Overview(store.Database.Source).Read(default);

    private static Task<bool> Beat(Store store, string name, int slots) => store.Workers.Heard(name, new("local", "host", Slots(slots), "cpu", "1", []), default);
}
