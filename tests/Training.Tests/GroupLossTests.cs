using System.Text.Json;
using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Training.Augmentation;
using ViViT.Training.Losses;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class GroupLossTests
{
    private const int Batch = 6;
    private const int Classes = 5;

    private static JsonElement Root => RecipeReference.Root;

    private static double[] Smoothing => Root.GetProperty("smoothing").Numbers();

    private static long[][] Labels => [.. Root.GetProperty("labels").EnumerateArray().Select(row => row.Numbers().Select(label => (long)label).ToArray())];

    private static double[] Weights => Root.GetProperty("class_weights").Numbers();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Losses_and_gradients_are_PyTorchs_for_each_member(bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        var expected = Root.GetProperty("losses").EnumerateArray()
            .Single(loss => loss.GetProperty("weighted").GetBoolean() == weighted && loss.GetProperty("mixed").GetBoolean() == mixed)
            .GetProperty("members").EnumerateArray().ToList();
        using var loss = new GroupLoss(Smoothing, Classes, weighted ? Weights : null, CPU);
        var logits_KBC = Logits(3);

        var losses_K = loss.Forward(logits_KBC, Tensor(Labels), mixed ? Pairs() : null);
        losses_K.sum().backward();

        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(expected[k].GetProperty("loss").GetDouble(), losses_K[k].item<float>(), 2e-6);
            var gradient = logits_KBC.grad![k].contiguous().data<float>().ToArray();
            Assert.All(expected[k].GetProperty("gradient").Numbers().Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void Without_extras_it_is_the_mean_cross_entropy()
    {
        using var scope = NewDisposeScope();
        using var loss = new GroupLoss([0], Classes, null, CPU);
        var (logits_KBC, labels_KB) = (Logits(1), Tensor(Labels[0]));

        var expected = nn.functional.cross_entropy(logits_KBC[0], labels_KB[0]);

        Assert.Equal(expected.item<float>(), loss.Forward(logits_KBC, labels_KB, null).item<float>(), 1e-6f);
    }

    [Fact]
    public void A_short_last_batch_is_divided_by_its_own_samples()
    {
        using var scope = NewDisposeScope();
        using var loss = new GroupLoss([0.1, 0.1], Classes, Weights, CPU);
        var (logits_KBC, labels_KB) = (Logits(2).detach().narrow(1, 0, 2), Tensor(Labels[0], Labels[1]).narrow(1, 0, 2));

        var losses_K = loss.Forward(logits_KBC, labels_KB, null);

        for (var k = 0; k < 2; k++)
        {
            var expected = nn.functional.cross_entropy(logits_KBC[k], labels_KB[k], tensor(Weights.Select(weight => (float)weight).ToArray()), label_smoothing: 0.1);
            Assert.Equal(expected.item<float>(), losses_K[k].item<float>(), 1e-6f);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gradient_is_the_slope(bool mixed)
    {
        using var scope = NewDisposeScope();
        using var loss = new GroupLoss(Smoothing, Classes, Weights, CPU);
        var labels_KB = Tensor(Labels);
        var logits_KBC = Logits(3);
        Of(logits_KBC).backward();
        var gradient = logits_KBC.grad!.flatten().data<float>().ToArray();

        const float Step = 0.02f;
        var numbers = logits_KBC.detach().flatten().data<float>().ToArray();
        for (var i = 0; i < numbers.Length; i++)
        {
            var (above, below) = (numbers.ToArray(), numbers.ToArray());
            above[i] += Step;
            below[i] -= Step;
            var slope = (At(above) - At(below)) / (above[i] - below[i]);
            Assert.Equal(slope, gradient[i], 2e-4);
        }

        Tensor Of(Tensor logits) => loss.Forward(logits, labels_KB, mixed ? Pairs() : null).sum();

        double At(float[] values) => Of(tensor(values).view(3, Batch, Classes)).item<float>();
    }

    [Fact]
    public void A_member_without_numbers_leaves_the_others_alone()
    {
        using var scope = NewDisposeScope();
        using var loss = new GroupLoss([0, 0.1], Classes, null, CPU);
        var logits_KBC = Logits(2).detach();
        var expected = loss.Forward(logits_KBC, Tensor(Labels[0], Labels[1]), null)[0].item<float>();

        logits_KBC[1].fill_(float.NaN);
        var losses_K = loss.Forward(logits_KBC, Tensor(Labels[0], Labels[1]), null);

        Assert.Equal(expected, losses_K[0].item<float>());
        Assert.True(float.IsNaN(losses_K[1].item<float>()));
    }

    [Fact]
    public void Settings_and_shapes_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new GroupLoss([0], Classes, [1, 1], CPU));
        using var loss = new GroupLoss([0, 0], Classes, null, CPU);
        Assert.Throws<ArgumentException>(() => loss.Forward(Logits(3), Tensor(Labels), null));
    }

    [Fact]
    public void Balanced_classes_weigh_inversely_to_their_share_and_a_missing_one_nothing()
    {
        // 8 samples of 4 classes: 8 / (4 · 4), 8 / (4 · 1), none, 8 / (4 · 3).
        Assert.Equal([0.5, 2, 0, 2.0 / 3], ClassWeighting.Of(ClassWeights.Balanced, [0, 1, 3, 0, 0, 3, 3, 0], 4)!);
        Assert.Null(ClassWeighting.Of(ClassWeights.None, [0, 1], 2));
    }

    private static Tensor Logits(int members)
    {
        float[] numbers = [.. Enumerable.Range(0, members).SelectMany(k => RecipeReference.Formula(Batch * Classes, k)).Select(number => 3 * number)];
        return tensor(numbers).view(members, Batch, Classes).requires_grad_();
    }

    private static Tensor Tensor(params long[][] rows) => tensor(rows.SelectMany(row => row).ToArray()).view(rows.Length, -1);

    private static MixedPairs Pairs()
    {
        long[] partners = [.. Root.GetProperty("partners").EnumerateArray().SelectMany((row, k) => row.Numbers().Select(b => (long)((k * Batch) + b)))];
        return new MixedPairs(tensor(partners), tensor(Root.GetProperty("shares").Numbers().Select(share => (float)share).ToArray()));
    }
}
