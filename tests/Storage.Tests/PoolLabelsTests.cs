using ViViT.Storage.Telemetry;

namespace ViViT.Storage.Tests;

public sealed class PoolLabelsTests
{
    [Fact]
    public void The_first_names_count_under_themselves_and_the_rest_together()
    {
        var labels = new PoolLabels();

        var seen = Enumerable.Range(0, 1_000).Select(i => labels.Of($"pool-{i}")).ToList();

        Assert.Equal(PoolLabels.Most + 1, seen.Distinct().Count());
        Assert.Equal("pool-49", seen[49]);
        Assert.All(seen.Skip(50), label => Assert.Equal(PoolLabels.Other, label));
        Assert.Equal("pool-7", labels.Of("pool-7"));
    }

    [Fact]
    public void A_pool_with_workers_is_told_apart_even_when_names_were_made_up_before_it()
    {
        var labels = new PoolLabels();
        for (var i = 0; i < 1_000; i++) labels.Of($"made-up-{i}");

        labels.Serve("h200");
        for (var i = 0; i < 1_000; i++) labels.Serve($"made-up-too-{i}");

        Assert.Equal("h200", labels.Of("h200"));
        Assert.Equal(PoolLabels.Other, labels.Of("made-up-too-999"));
    }
}
