using System.Runtime.InteropServices;
using ViViT.Training.Groups;

namespace ViViT.Training.Tests;

public sealed class GroupSearchTests
{
    [Fact]
    public void Groups_double_until_the_next_is_hardly_faster()
    {
        // A device that is full at 12 members of 8 samples.
        var found = Search(most: 256, members => Math.Max(12, members) / 120.0);

        Assert.Equal(16, found.Best);
        Assert.Equal([1, 2, 4, 8, 16, 32], found.Sizes);
        Assert.Equal([80, 160, 320, 640, 960, 960], found.SamplesPerSecond.Select(speed => Math.Round(speed)));
    }

    [Fact]
    public void Where_a_step_takes_as_much_longer_as_there_are_members_everybody_trains_alone()
    {
        var found = Search(256, members => 0.1 * members);

        Assert.Equal(1, found.Best);
        Assert.Equal([1, 2], found.Sizes);
        Assert.Equal(1, Search(256, members => 0.1 * members * (members == 2 ? 0.93 : 1)).Best);
    }

    [Fact]
    public void A_step_that_takes_long_by_itself_is_not_tried_with_more_members() => Assert.Equal([1], Search(256, _ => 0.6).Sizes);

    [Fact]
    public void No_group_is_larger_than_the_slot_takes()
    {
        var found = Search(6, _ => 0.1);

        Assert.Equal(6, found.Best);
        Assert.Equal([1, 2, 4, 6], found.Sizes);
        Assert.Equal([1], Search(1, _ => 0.1).Sizes);
    }

    [Fact]
    public void What_does_not_fit_is_not_tried()
    {
        var found = Search(256, _ => 0.1, fits: members => members <= 7);

        Assert.Equal(4, found.Best);
        Assert.Equal([1, 2, 4], found.Sizes);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 20.00 MiB")]
    [InlineData("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 1000 bytes.")]
    public void Memory_that_runs_out_ends_the_search(string message)
    {
        var found = Search(256, Full);

        Assert.Equal(4, found.Best);
        Assert.Equal([1, 2, 4], found.Sizes);
        Assert.Throws<Libtorch>(() => Search(256, _ => throw new Libtorch(message)));

        double Full(int members) => members < 8 ? 0.1 : throw new Libtorch(message);
    }

    [Fact]
    public void Another_failure_is_told() => Assert.Throws<Libtorch>(() => Search(256, members => members < 8 ? 0.1 : throw new Libtorch("CUDA error: an illegal memory access")));

    private static GroupSizes Search(int most, Func<int, double> stepSeconds, Func<int, bool>? fits = null) => GroupSearch.Run(most, samples: 8, fits ?? (_ => true), stepSeconds);

    // As TorchSharp throws it.
    private sealed class Libtorch(string message) : ExternalException(message);
}
