using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class LearnerTests
{
    [Fact]
    public void Three_members_learn_what_three_lone_learners_learn()
    {
        using var scope = NewDisposeScope();
        ExperimentSpec[] members = [Member(0, 1e-3), Member(1, 3e-3), Member(2, 1e-2)];
        var model = new VideoTransformer(TinySets.Spec.Model, TinySets.Size, classes: 4);
        using var train = new DeviceSplit("train", TinySets.Make().Train, 4, model.Grid, CPU);
        using var group = new Learner(model, members, CPU);
        for (var step = 1; step <= 5; step++)
        {
            var batches = members.Select((_, k) => Batch(k, step)).ToList();
            group.Step(step, cat([.. batches.Select(batch => batch.Patches_KNBV)], 0), cat([.. batches.Select(batch => batch.Labels_KB)], 0));
        }

        for (var k = 0; k < members.Length; k++)
        {
            using var alone = new Learner(model, [members[k]], CPU);
            for (var step = 1; step <= 5; step++)
            {
                var (patches, labels) = Batch(k, step);
                alone.Step(step, patches, labels);
            }

            // Where a gradient nearly vanishes, Adam divides rounding by rounding: a step or two of difference is the most there can be.
            var (expected, found) = (alone.Parameters.Read(0), group.Parameters.Read(k));
            var differences = expected.Zip(found, (a, b) => Math.Abs(a - b)).Order().ToArray();
            Assert.InRange(differences[(int)(differences.Length * 0.99)], 0, 1e-4);
            Assert.InRange(differences[^1], 0, 2 * members[k].Training.LearningRate);
            Assert.Equal(alone.LossSum[0].item<float>(), group.LossSum[k].item<float>(), 1e-3f);
        }

        (Tensor Patches_KNBV, Tensor Labels_KB) Batch(int member, int step)
        {
            var order_KS = train.Order([RandomSequence.Of(member, "order", step).Permutation(train.Count)]);
            return (train.Patches(order_KS, 0, 8), train.LabelsOf(order_KS, 0, 8));
        }
    }

    [Fact]
    public void A_member_that_diverges_leaves_the_others_alone()
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(TinySets.Spec.Model, TinySets.Size, classes: 4);
        using var train = new DeviceSplit("train", TinySets.Make().Train, 4, model.Grid, CPU);
        using var group = new Learner(model, [Member(0, 1e-3), Member(1, 1e30)], CPU);
        for (var step = 1; step <= 5; step++)
        {
            using var order_KS = train.Order([.. Enumerable.Repeat(RandomSequence.Of(0, "order", step).Permutation(train.Count), 2)]);
            group.Step(step, train.Patches(order_KS, 0, 8), train.LabelsOf(order_KS, 0, 8));
        }

        Assert.True(float.IsFinite(group.LossSum[0].item<float>()));
        Assert.False(float.IsFinite(group.LossSum[1].item<float>()));
    }

    private static ExperimentSpec Member(int seed, double rate) =>
        TinySets.Spec with { Seed = seed, Training = TinySets.Spec.Training with { LearningRate = rate } };
}
