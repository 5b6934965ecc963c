using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

public sealed class HeldLeasesTests
{
    private static readonly LeasedExperiment Leased = new(new ExperimentId(1), new SweepId(1), 1, 10, TestWorker.Tiny(), ResumeFrom: null);
    private static readonly Held First = Leased.Held;
    private readonly HeldLeases leases = new();

    [Fact]
    public void A_lost_lease_is_told_once_and_no_longer_renewed()
    {
        var lease = leases.Add(Leased);

        Assert.True(leases.Lose(First));
        Assert.False(leases.Lose(First));

        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.Empty(leases.Snapshot());
    }

    [Fact]
    public void News_of_an_older_fence_does_not_touch_the_experiments_new_lease()
    {
        leases.Remove(leases.Add(Leased));
        var again = leases.Add(Leased with { Attempt = 2, Fence = 12 });

        Assert.False(leases.Lose(First));

        Assert.False(again.Lost.IsCancellationRequested);
        Assert.Equal([again.Held], leases.Snapshot());
    }

    [Fact]
    public void A_lease_that_is_wanted_back_keeps_the_first_reason_and_is_renewed_until_it_is_given_back()
    {
        var lease = leases.Add(Leased);

        Assert.True(leases.AskBack(First, "its sweep was paused"));
        Assert.False(leases.AskBack(First, "its slot is needed"));
        Assert.False(leases.AskBack(First with { Fence = 9 }, "its slot is needed"));

        Assert.True(lease.WantedBack.IsCancellationRequested);
        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.Equal("its sweep was paused", lease.WhyWantedBack);
        Assert.Equal([First], leases.Snapshot());
    }
}
