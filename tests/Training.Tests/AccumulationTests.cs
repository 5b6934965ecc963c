using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Models;
using ViViT.Training.Augmentation;
using ViViT.Training.Checkpoints;
using ViViT.Training.Losses;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

/// <summary>Batches in pieces: less memory, the same training but for rounding.</summary>
public sealed class AccumulationTests : IDisposable
{
    // By plain gradient descent what one step gets wrong stays as small as it is.
    private static readonly ExperimentSpec Plain = TinySets.Spec with
    {
        Model = TinySets.Spec.Model with { Dropout = 0 },
        Training = TinySets.Spec.Training with { Optimiser = Optimiser.Sgd, Momentum = 0.9, LearningRate = 0.02 },
    };

    private static readonly ExperimentSpec Rich = Plain with
    {
        Model = Plain.Model with { Dropout = 0.2, StochasticDepth = 0.3 },
        Training = Plain.Training with
        {
            WeightDecay = 0.01, ClipNorm = 1, LabelSmoothing = 0.1, ClassWeights = ClassWeights.Balanced, WeightAverage = 0.9,
            Schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupEpochs = 1 },
            Augmentation = new AugmentationSpec { Flip = 0.5, Turn = 0.5, Shift = 1, Intensity = 0.1, Mixup = 0.2 },
        },
    };

    private static readonly Dictionary<string, ExperimentSpec> Recipes = new()
    {
        ["plain"] = Plain,
        ["dropout"] = Plain with { Model = Plain.Model with { Dropout = 0.3 } },
        ["stochastic depth"] = Plain with { Model = Plain.Model with { StochasticDepth = 0.5 } },
        ["mixup"] = Plain with { Training = Plain.Training with { Augmentation = new AugmentationSpec { Mixup = 0.5 } } },
        ["label smoothing"] = Plain with { Training = Plain.Training with { LabelSmoothing = 0.2 } },
        ["class weights"] = Plain with { Training = Plain.Training with { ClassWeights = ClassWeights.Balanced } },
        ["TokenLearner"] = Plain with { Model = Plain.Model with { Dropout = 0.2, TokenLearner = new TokenLearnerSpec { Form = TokenLearnerForm.V1, Tokens = 3 } } },
        ["factorised encoder"] = Plain with { Model = Plain.Model with { Dropout = 0.2, Encoder = EncoderKind.FactorisedEncoder, Pooling = Pooling.ClassToken } },
        ["factorised self-attention"] = Plain with { Model = Plain.Model with { Dropout = 0.2, Encoder = EncoderKind.FactorisedSelfAttention } },
        ["factorised dot product"] = Plain with { Model = Plain.Model with { Dropout = 0.2, Encoder = EncoderKind.FactorisedDotProduct } },
        ["everything"] = Rich,
    };

    private readonly string root = Directory.CreateTempSubdirectory("vivit-accumulate-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            // Batches of 8, the last of an epoch of 5: pieces of 4 · 4 and 4 · 1, 3 · 3 · 2 and 3 · 2, single samples.
            TheoryData<string, int, int> cases = [];
            foreach (var recipe in Recipes.Keys) cases.Add(recipe, 1, 3);
            cases.Add("everything", 3, 2);
            cases.Add("everything", 3, 3);
            cases.Add("everything", 1, 8);
            cases.Add("everything", 1, 1000);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_weights_and_losses_are_those_of_the_whole_batch(string recipe, int members, int accumulate)
    {
        var (whole, pieces) = (Learn(recipe, members, accumulate: 1), Learn(recipe, members, accumulate));

        Assert.Equal(whole.Losses.Length, pieces.Losses.Length);
        Assert.All(whole.Losses.Zip(pieces.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        AssertNear(whole.FirstGradient, pieces.FirstGradient);
        AssertNear(whole.Weights, pieces.Weights);
        AssertNear(whole.Averages, pieces.Averages);
        AssertNear(whole.Scores, pieces.Scores);
    }

    [Fact]
    public void In_mixed_precision_the_pieces_gradients_are_summed_in_float32()
    {
        ExperimentSpec spec = Rich with { Training = Rich.Training with { Precision = Precision.Mixed } };
        var (whole, pieces) = (Learn([spec], accumulate: 1), Learn([spec], accumulate: 4));

        Assert.All(whole.Losses.Zip(pieces.Losses), pair => Assert.Equal(pair.First, pair.Second, 3e-2f));
    }

    [Fact]
    public void A_whole_training_of_a_group_tells_the_same_curves()
    {
        ExperimentSpec[] three = [.. Members(Rich, 3)];

        var (whole, pieces) = (Train([.. three.Select(Fresh)], accumulate: 1), Train([.. three.Select(Fresh)], accumulate: 3));

        for (var member = 0; member < three.Length; member++)
        {
            Assert.All(Points(whole[member]).Zip(Points(pieces[member])), pair =>
            {
                Assert.Equal((pair.First.Metric, pair.First.Step), (pair.Second.Metric, pair.Second.Step));
                if (pair.First.Metric.EndsWith("loss", StringComparison.Ordinal)) Assert.Equal(pair.First.Value, pair.Second.Value, 2e-3);
            });
            Assert.Equal(Points(whole[member]).Count, Points(pieces[member]).Count);
            Assert.IsType<TrainingEvent.Finished>(pieces[member][^1]);
        }
    }

    [Fact]
    public void A_checkpoint_of_a_group_goes_on_alone_and_in_pieces_and_back()
    {
        ExperimentSpec[] three = [.. Members(Rich with { Training = Rich.Training with { CheckpointEverySteps = 5, LogEverySteps = 1 } }, 3)];
        var undisturbed = Train([.. three.Select(Fresh)], accumulate: 1);
        var saved = undisturbed[1].OfType<TrainingEvent.Saved>().First(checkpoint => checkpoint.Checkpoint.Step == 5).Checkpoint;
        using var stop = new CancellationTokenSource();

        var alone = Train(
            [new TrainingMember(three[1], Folder(1, fence: 2), saved, stop.Token)], accumulate: 2,
            said => { if (said is TrainingEvent.Measured { Step: 13 }) stop.Cancel(); })[0];
        var again = Train([null, new TrainingMember(three[1], Folder(1, fence: 3), alone.OfType<TrainingEvent.Saved>().Last().Checkpoint, default), null], accumulate: 1)[1];

        Assert.Equal(5, Assert.IsType<TrainingEvent.Started>(alone[0]).Step);
        Assert.IsType<TrainingEvent.Stopped>(alone[^1]);
        Assert.IsType<TrainingEvent.Finished>(again[^1]);
        var (expected, found) = (Losses(undisturbed[1]), (IReadOnlyList<TrainingEvent.Measured>)[.. Losses(alone), .. Losses(again)]);
        Assert.Equal(expected.Skip(5).Select(point => point.Step), found.Select(point => point.Step));
        Assert.All(expected.Skip(5).Zip(found), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 2e-3));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_losses_of_pieces_add_up_to_the_batchs(bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        using var loss = new GroupLoss([0, 0.2], 3, weighted ? [1, 0.3, 2] : null, CPU);
        var logits_KBC = tensor([.. Enumerable.Range(0, 2 * 5 * 3).Select(i => (float)Math.Sin(i))]).view(2, 5, 3);
        var labels_KB = tensor(new long[] { 0, 1, 2, 1, 0, 2, 2, 1, 0, 0 }).view(2, 5);
        var pairs = mixed ? new MixedPairs(tensor(new long[] { 4, 3, 2, 1, 0, 9, 8, 7, 6, 5 }), tensor([0.3f, 0.8f])) : null;

        var whole_K = loss.Forward(logits_KBC, labels_KB, pairs);
        var sum_K = loss.Forward(logits_KBC.narrow(1, 0, 2), labels_KB, pairs, start: 0)
            .add(loss.Forward(logits_KBC.narrow(1, 2, 1), labels_KB, pairs, start: 2))
            .add(loss.Forward(logits_KBC.narrow(1, 3, 2), labels_KB, pairs, start: 3));

        Assert.All(Numbers(whole_K).Zip(Numbers(sum_K)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Throws<ArgumentException>(() => loss.Forward(logits_KBC.narrow(1, 3, 2), labels_KB, pairs, start: 4));
    }

    [Fact]
    public void Every_step_is_a_sign_of_life_and_so_is_a_batch_of_an_evaluation()
    {
        List<long> alive = [];

        new GroupTrainer([Fresh(Plain, 0)], TinySets.Make(), CPU, accumulate: 2).Run((_, _) => { }, alive.Add);

        // 24 steps; at the end of each of 4 epochs 20 samples are validated, at the end of the last 24 tested, 4 at once.
        Assert.Equal(Enumerable.Range(1, 24).Select(step => (long)step), alive.Distinct());
        Assert.Equal([6, 6, 6, 12], ((long[])[6, 12, 18, 24]).Select(step => alive.Count(told => told == step)));
    }

    private sealed record Learned(float[] Losses, float[] FirstGradient, float[] Weights, float[] Averages, float[] Scores);

    private static Learned Learn(string recipe, int members, int accumulate) => Learn([.. Members(Recipes[recipe], members)], accumulate);

    // One epoch.
    private static Learned Learn(ExperimentSpec[] members, int accumulate)
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(members[0].Model, TinySets.Size, classes: 4);
        using var train = new DeviceSplit("train", TinySets.Make().Train, 4, model.Grid, CPU, asVolumes: !members[0].Training.Augmentation.IsOff);
        using var batches = new BatchMaker(members, train, CPU) { Epoch = 0 };
        using var learner = new Learner(model, members, CPU, ClassWeighting.Of(members[0].Training.ClassWeights, train.Labels, 4), accumulate);
        var (losses, scores, gradient) = (new List<float>(), new List<float>(), Array.Empty<float>());
        for (var step = 1; step <= 6; step++)
        {
            var batch = batches.Make(step, (step - 1) * 8);
            scores.AddRange(Numbers(learner.Step(step, batch.Patches_KNBV, batch.Labels_KB, rates: null, batch.Mixed)));
            losses.AddRange(Numbers(learner.LossSum));
            gradient = step == 1 ? Numbers(learner.Optimiser.State[0].State_KP) : gradient;   // the first velocity is the first gradient
        }

        return new([.. losses], gradient, Numbers(learner.Parameters.Values), learner.Average is null ? [] : Numbers(learner.Average.Values), [.. scores]);
    }

    // They differ in what members of a group may differ in.
    private static IEnumerable<ExperimentSpec> Members(ExperimentSpec spec, int count) => Enumerable.Range(0, count).Select(k => spec with
    {
        Seed = spec.Seed + k,
        Model = spec.Model with { Dropout = k == 1 ? 0 : spec.Model.Dropout },
        Training = spec.Training with { LearningRate = spec.Training.LearningRate / (k + 1), LabelSmoothing = k == 2 ? 0 : spec.Training.LabelSmoothing },
    });

    private List<TrainingEvent>[] Train(TrainingMember?[] places, int accumulate, Action<TrainingEvent>? heard = null)
    {
        var told = places.Select(_ => new List<TrainingEvent>()).ToArray();
        new GroupTrainer(places, TinySets.Make(), CPU, accumulate: accumulate).Run((place, said) =>
        {
            told[place].Add(said);
            heard?.Invoke(said);
        });
        return told;
    }

    private TrainingMember Fresh(ExperimentSpec spec, int place) => new(spec, Folder(place, fence: 1), ResumeFrom: null, CancellationToken.None);

    private CheckpointFolder Folder(int place, long fence) => new(root, new ExperimentId(place + 1), fence);

    private static List<TrainingEvent.Measured> Points(IEnumerable<TrainingEvent> events) =>
        [.. events.OfType<TrainingEvent.Measured>().Where(point => !MetricNames.IsOfTheMachine(point.Metric))];

    private static List<TrainingEvent.Measured> Losses(IEnumerable<TrainingEvent> events) => [.. Points(events).Where(point => point.Metric == MetricNames.TrainLoss)];

    private static float[] Numbers(Tensor x) => x.detach().contiguous().data<float>().ToArray();

    private static void AssertNear(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        var worst = expected.Zip(found, (a, b) => Math.Abs(a - b) / (1e-3f + Math.Abs(a))).DefaultIfEmpty().Max();
        Assert.InRange(worst, 0, 0.02);
    }
}
