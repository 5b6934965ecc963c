using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

public sealed class PartitionsTests
{
    [Fact]
    public async Task Experiments_beyond_the_first_range_have_a_partition_for_their_metrics()
    {
        await using var store = await Create();
        await store.Submit();
        await store.Claim();
        await store.ContinueAt(250_000);

        await store.Submit();
        var lease = await store.Claim();

        Assert.Equal(250_000, lease.Id.Value);
        await store.Flush(lease, 0, (1, 1));
        Assert.Equal([(1, 1.0)], await store.Curve(lease.Id));
    }

    [Fact]
    public async Task Sweeps_that_are_the_first_of_a_range_together_share_its_partitions()
    {
        await using var store = await Create();
        await store.ContinueAt(750_000);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.Submit())));

        Assert.Equal(9, await store.Database.Scalar<long>("select count(*) from pg_inherits where inhparent = 'metric_chunk'::regclass"));
        Assert.Equal(8, await store.Database.Scalar<long>("select count(*) from experiment"));
    }

    [Fact]
    public async Task A_new_partition_waits_for_no_reader_and_holds_up_no_flush()
    {
        await using var store = await Create();
        await store.Submit();
        var lease = await store.Claim();
        await store.ContinueAt(250_000);
        await using var reader = await store.Database.Source.OpenConnectionAsync();
        await using var dashboard = await reader.BeginTransactionAsync();
        await reader.Execute("lock table metric_chunk in access share mode", default);
        await using var writer = await store.Database.Source.OpenConnectionAsync();
        await using var creation = await writer.BeginTransactionAsync();

        await MetricPartitions.Ensure(writer, 250_000, default).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(1, (await store.Flush(lease, 0, (1, 1)).WaitAsync(TimeSpan.FromSeconds(20))).NextSeq);
    }

    [Fact]
    public async Task A_partition_has_the_key_and_the_checks_of_the_table()
    {
        await using var store = await Create();
        await store.Submit();

        Assert.Equal(2, await store.Database.Scalar<long>("select count(*) from pg_constraint where conrelid = 'metric_chunk_1'::regclass and contype in ('p', 'c')"));
    }
}
