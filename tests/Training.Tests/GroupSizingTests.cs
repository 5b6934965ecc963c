using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Training.Groups;

namespace ViViT.Training.Tests;

/// <summary>Counts the tensors of the whole process, so nothing runs beside it.</summary>
[Collection(nameof(LiveTensorTests))]
public sealed class GroupSizingTests
{
    private static readonly ExperimentSpec Tiny = new()
    {
        Data = new() { Name = "shapes3d" },
        Model = new() { Width = 16, Layers = 1, Heads = 2, Patch = new(14, 14, 14) },
        Training = new() { BatchSize = 4 },
    };

    public static TheoryData<ExperimentSpec> Recipes =>
    [
        Tiny,
        Tiny with { Training = Tiny.Training with { Augmentation = new() { Flip = 0.5, Mixup = 0.2 }, LabelSmoothing = 0.1, WeightAverage = 0.99 } },
        Tiny with { Model = Tiny.Model with { Tokenizer = Tokenizer.UniformFrameSampling }, Training = Tiny.Training with { Optimiser = Optimiser.Sgd, ClipNorm = 1 } },
    ];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Every_recipe_of_a_shape_can_be_measured(ExperimentSpec spec)
    {
        var found = new GroupSizing(torch.CPU, () => 1L << 33).Measure(spec, size: 28, classes: 4, most: 4);

        Assert.Equal(1, found.Sizes[0]);
        Assert.Contains(found.Best, found.Sizes);
        Assert.All(found.SamplesPerSecond, speed => Assert.True(speed > 0));
        Assert.True(found.Sizes.Count > 1 && found.Sizes.Count == found.SamplesPerSecond.Count);
    }

    [Fact]
    public void Without_memory_for_two_nobody_tries_two() => Assert.Equal([1], new GroupSizing(torch.CPU, () => 1000).Measure(Tiny, size: 28, classes: 4, most: 8).Sizes);

    [Fact]
    public void The_arithmetic_of_memory_counts_every_buffer()
    {
        var model = new VideoTransformer(Tiny.Model, 28, 4);
        var adam = GroupMemory.BytesPerMember(Tiny, model, mixed: false);

        Assert.True(adam > 20 * model.Layout.Count);
        Assert.Equal(4 * model.Layout.Count, adam - GroupMemory.BytesPerMember(Tiny with { Training = Tiny.Training with { Optimiser = Optimiser.Sgd } }, model, mixed: false));
        Assert.Equal(4 * model.Layout.Count, GroupMemory.BytesPerMember(Tiny with { Training = Tiny.Training with { WeightAverage = 0.9 } }, model, mixed: false) - adam);
        Assert.Equal(4 * model.Layout.Count, GroupMemory.BytesPerMember(Tiny, model, mixed: true) - adam);
    }

    [Fact]
    public void Measuring_leaves_no_tensor_behind()
    {
        var sizing = new GroupSizing(torch.CPU, () => null);
        sizing.Measure(Tiny, size: 28, classes: 4, most: 2);
        var before = torch.Tensor.TotalCount;

        sizing.Measure(Tiny, size: 28, classes: 4, most: 2);

        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
