using System.Security.Cryptography;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Training.Checkpoints;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public sealed class GroupTrainingTests : IDisposable
{
    // Everything that has state of its own is on.
    private static readonly ExperimentSpec Rich = TinySets.Spec with
    {
        Model = TinySets.Spec.Model with { Dropout = 0.2, StochasticDepth = 0.2 },
        Training = TinySets.Spec.Training with
        {
            Optimiser = Optimiser.AdamW, WeightDecay = 0.05, ClipNorm = 1, LabelSmoothing = 0.1, ClassWeights = ClassWeights.Balanced, WeightAverage = 0.9,
            Schedule = new ScheduleSpec { Kind = ScheduleKind.Plateau, WarmupEpochs = 0.5, PlateauEpochs = 1, Factor = 0.5 },
            Augmentation = new AugmentationSpec { Flip = 0.5, Turn = 0.5, Shift = 1, Intensity = 0.1, Mixup = 0.2 },
            CheckpointEverySteps = 4,
        },
    };

    // What members of a group may differ in.
    private static readonly ExperimentSpec[] Three =
    [
        Rich,
        Rich with
        {
            Seed = 12,
            Model = Rich.Model with { Dropout = 0, StochasticDepth = 0.5 },
            Training = Rich.Training with { LearningRate = 1e-3, WeightDecay = 0, LabelSmoothing = 0, Schedule = new ScheduleSpec { Kind = ScheduleKind.Cosine, WarmupEpochs = 1 } },
        },
        Rich with { Seed = 13, Training = Rich.Training with { LearningRate = 1e-2, Schedule = new ScheduleSpec { Kind = ScheduleKind.Step, EveryEpochs = 2 } } },
    ];

    private readonly string root = Directory.CreateTempSubdirectory("vivit-group-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Each_member_starts_as_the_same_experiment_alone()
    {
        var group = Train(Three.Select(Fresh));

        for (var place = 0; place < Three.Length; place++)
        {
            var alone = Train([Fresh(Three[place], place)])[0];
            var (expected, found) = (Losses(alone), Losses(group[place]));
            Assert.Equal(8, expected.Count);
            Assert.All(expected.Zip(found).Take(3), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 2e-3));
        }
    }

    public static TheoryData<EncoderKind, Pooling, TokenLearnerForm, Optimiser, Precision> Kinds => new()
    {
        { EncoderKind.SpatioTemporal, Pooling.Mean, TokenLearnerForm.None, Optimiser.Adam, Precision.Full },
        { EncoderKind.SpatioTemporal, Pooling.ClassToken, TokenLearnerForm.None, Optimiser.Sgd, Precision.Full },
        { EncoderKind.SpatioTemporal, Pooling.Mean, TokenLearnerForm.V1, Optimiser.AdamW, Precision.Full },
        { EncoderKind.SpatioTemporal, Pooling.Mean, TokenLearnerForm.V11, Optimiser.Sgd, Precision.Full },
        { EncoderKind.FactorisedEncoder, Pooling.Mean, TokenLearnerForm.None, Optimiser.AdamW, Precision.Full },
        { EncoderKind.FactorisedEncoder, Pooling.ClassToken, TokenLearnerForm.None, Optimiser.Adam, Precision.Full },
        { EncoderKind.FactorisedSelfAttention, Pooling.Mean, TokenLearnerForm.None, Optimiser.Sgd, Precision.Full },
        { EncoderKind.FactorisedDotProduct, Pooling.Mean, TokenLearnerForm.None, Optimiser.AdamW, Precision.Full },
        { EncoderKind.SpatioTemporal, Pooling.Mean, TokenLearnerForm.None, Optimiser.AdamW, Precision.Mixed },
        { EncoderKind.SpatioTemporal, Pooling.Mean, TokenLearnerForm.V1, Optimiser.Adam, Precision.Mixed },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_member_of_any_kind_starts_as_the_same_experiment_alone(
        EncoderKind encoder, Pooling pooling, TokenLearnerForm form, Optimiser optimiser, Precision precision)
    {
        ExperimentSpec[] three = [.. Three.Select(spec => spec with
        {
            Model = spec.Model with { Encoder = encoder, Pooling = pooling, TokenLearner = new TokenLearnerSpec { Form = form, Tokens = 3 } },
            Training = spec.Training with { Optimiser = optimiser, Precision = precision, Epochs = 1, LogEverySteps = 1 },
        })];
        var tolerance = precision == Precision.Mixed ? 3e-2 : 2e-3;

        var group = Train(three.Select(Fresh));

        for (var place = 0; place < three.Length; place++)
        {
            var (expected, found) = (Losses(Train([Fresh(three[place], place)])[0]), Losses(group[place]));
            Assert.Equal(6, expected.Count);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Value, pair.Second.Value, tolerance));
        }
    }

    [Fact]
    public void Losses_of_the_whole_recipe_are_the_golden_ones()
    {
        var told = Train(Three.Select(Fresh));

        foreach (var (golden, events) in Golden.Zip(told))
        {
            Assert.Equal(golden.Train.Length, Losses(events).Count);
            Assert.All(golden.Train.Zip(Losses(events)), pair => Assert.Equal(pair.First, pair.Second.Value, 2e-3));
            Assert.All(golden.Validation.Zip(Points(events, MetricNames.ValidationLoss)), pair => Assert.Equal(pair.First, pair.Second.Value, 2e-3));
        }
    }

    // Made once with libtorch 1.13.1 on a CPU. A change that moves them changes what every such experiment computes.
    private static readonly (double[] Train, double[] Validation)[] Golden =
    [
        ([1.62312, 1.73112, 1.45748, 1.48004, 1.47328, 1.44266, 1.45445, 1.38270], [1.51261, 1.40484, 1.39211, 1.40272]),
        ([1.86460, 1.80953, 1.52219, 1.31383, 1.46770, 1.62033, 1.37731, 1.69852], [1.45663, 1.36874, 1.39929, 1.39744]),
        ([2.18859, 1.68900, 1.53672, 1.55629, 1.42309, 1.39379, 1.32633, 1.41400], [1.43195, 1.41649, 1.39283, 1.38927]),
    ];

    [Fact]
    public void Run_twice_it_gives_the_same_bits()
    {
        var (first, second) = (Train(Three.Select(Fresh)), Train(Three.Select(Fresh)));

        Assert.All(first.Zip(second), pair => Assert.Equal(History(pair.First), History(pair.Second)));
        Assert.NotEqual(History(first[0]).Select(point => point.Value), History(first[1]).Select(point => point.Value));
    }

    [Fact]
    public void What_becomes_of_one_member_is_not_seen_in_the_bits_of_the_others()
    {
        var undisturbed = Train(Three.Select(Fresh));
        var wild = Three[1] with { Training = Three[1].Training with { LearningRate = 1e30 } };
        using var stop = new CancellationTokenSource();

        var beside = new Dictionary<string, List<TrainingEvent>[]>
        {
            ["a member that diverges"] = Train([Fresh(Three[0], 0), Fresh(wild, 1), Fresh(Three[2], 2)]),
            ["an empty place"] = Train([Fresh(Three[0], 0), null, Fresh(Three[2], 2)]),
            ["a member that is stopped"] = Train(
                [Fresh(Three[0], 0), Fresh(Three[1], 1) with { Stop = stop.Token }, Fresh(Three[2], 2)],
                (_, said) => { if (said is TrainingEvent.Measured { Step: 9 }) stop.Cancel(); }),
            ["a member whose checkpoints cannot be written"] = Train([Fresh(Three[0], 0), Fresh(Three[1], 1) with { Checkpoints = Unwritable() }, Fresh(Three[2], 2)]),
            ["a member whose checkpoint is gone"] = Train(
                [Fresh(Three[0], 0), Fresh(Three[1], 1) with { ResumeFrom = new CheckpointManifest(4, "experiment-2/fence-9/step-4", "00", 0) }, Fresh(Three[2], 2)]),
        };

        Assert.IsType<DivergedException>(End<TrainingEvent.Failed>(beside["a member that diverges"][1]).Why);
        Assert.Empty(beside["an empty place"][1]);
        End<TrainingEvent.Stopped>(beside["a member that is stopped"][1]);
        Assert.IsAssignableFrom<IOException>(End<TrainingEvent.Failed>(beside["a member whose checkpoints cannot be written"][1]).Why);
        Assert.IsType<CheckpointException>(End<TrainingEvent.Failed>(beside["a member whose checkpoint is gone"][1]).Why);
        foreach (var (_, told) in beside)
        {
            Assert.Equal(History(undisturbed[0]), History(told[0]));
            Assert.Equal(History(undisturbed[2]), History(told[2]));
        }
    }

    [Fact]
    public void A_member_that_loses_patience_is_tested_at_its_best_and_the_others_go_on()
    {
        var hopeless = TinySets.Spec with { Training = TinySets.Spec.Training with { LearningRate = 1e-12, Patience = 2, Epochs = 10 } };
        var eager = hopeless with { Seed = 12, Training = hopeless.Training with { LearningRate = 3e-3 } };

        var told = Train([Fresh(hopeless, 0), Fresh(eager, 1)]);

        // The first validation is the best, and two more of them are no better: nothing moved.
        Assert.Equal(18, told[0].OfType<TrainingEvent.Measured>().Single(point => point.Metric == MetricNames.TestLoss).Step);
        Assert.True(told[1].OfType<TrainingEvent.Measured>().Single(point => point.Metric == MetricNames.TestLoss).Step > 18);
        Assert.All(told, events => End<TrainingEvent.Finished>(events));
    }

    [Fact]
    public void The_schedule_shows_in_the_learning_rate()
    {
        var told = Train(Three.Select(Fresh));

        Assert.Equal([1e-2, 1e-2, 1e-3, 1e-3], Points(told[2], MetricNames.LearningRate).Select(point => Math.Round(point.Value, 9)));
        Assert.Equal(0, Points(told[1], MetricNames.LearningRate)[^1].Value, 1e-9);
    }

    [Fact]
    public void Where_the_validation_loss_stands_still_the_plateau_schedule_drops_the_rate_epoch_by_epoch()
    {
        var still = TinySets.Spec with
        {
            Training = TinySets.Spec.Training with { LearningRate = 1e-12, Schedule = new ScheduleSpec { Kind = ScheduleKind.Plateau, PlateauEpochs = 1, Factor = 0.5 } },
        };

        var rates = Points(Train([Fresh(still, 0)])[0], MetricNames.LearningRate).Select(point => point.Value / 1e-12);

        Assert.Equal([1, 1, 0.5, 0.25], rates.Select(rate => Math.Round(rate, 6)));
    }

    [Fact]
    public void Killed_a_hundred_times_at_any_point_it_gives_the_same_bits()
    {
        var undisturbed = Train(Three.Select(Fresh), fence: 1);
        var random = new Random(20261121);
        var (kills, round) = (0, 0);
        while (kills < 100)
        {
            round++;
            kills += TrainWithKills(random, 1000 * round, undisturbed);
        }
    }

    [Fact]
    public void Experiments_of_different_shapes_are_no_group()
    {
        var refused = Assert.Throws<ArgumentException>(() => Train([Fresh(Rich, 0), Fresh(Rich with { Model = Rich.Model with { Layers = 1 } }, 1)]));

        Assert.Contains("group key", refused.Message, StringComparison.Ordinal);
    }

    private sealed class KilledException : Exception;

    // Trains to the end, dying now and then in the middle of telling something: what was told since the last checkpoint is lost.
    private int TrainWithKills(Random random, long fence, List<TrainingEvent>[] undisturbed)
    {
        var told = Three.Select(_ => new List<TrainingEvent>()).ToArray();
        var resume = new CheckpointManifest?[Three.Length];
        var ended = new bool[Three.Length];
        var kills = 0;
        while (!ended.All(one => one))
        {
            var left = random.Next(1, 250);
            var places = Three.Select((spec, place) => ended[place] ? null
                : new TrainingMember(spec, Folder(place, fence), resume[place], CancellationToken.None));
            try
            {
                fence++;
                new GroupTrainer([.. places], TinySets.Make(), CPU).Run((place, said) =>
                {
                    if (left-- == 0)
                    {
                        throw new KilledException();
                    }

                    told[place].Add(said);
                    resume[place] = (said as TrainingEvent.Saved)?.Checkpoint ?? resume[place];
                    ended[place] |= said is TrainingEvent.Finished;
                });
            }
            catch (KilledException)
            {
                kills++;
                for (var place = 0; place < Three.Length; place++)
                {
                    told[place].RemoveAll(said => said is TrainingEvent.Measured point && point.Step > (resume[place]?.Step ?? 0));
                }
            }
        }

        for (var place = 0; place < Three.Length; place++)
        {
            Assert.Equal(History(undisturbed[place]), History(told[place]));
            Assert.Equal(Content(place, undisturbed[place]), Content(place, told[place]));
        }

        return kills;
    }

    private List<TrainingEvent>[] Train(IEnumerable<TrainingMember?> members, Action<int, TrainingEvent>? heard = null, long fence = 1)
    {
        TrainingMember?[] places = [.. members];
        var told = places.Select(_ => new List<TrainingEvent>()).ToArray();
        new GroupTrainer(places, TinySets.Make(), CPU).Run((place, said) =>
        {
            told[place].Add(said);
            heard?.Invoke(place, said);
        });
        return told;
    }

    private TrainingMember Fresh(ExperimentSpec spec, int place) => new(spec, Folder(place, fence: 1), ResumeFrom: null, CancellationToken.None);

    private CheckpointFolder Folder(int place, long fence) => new(root, new ExperimentId(place + 1), fence);

    private CheckpointFolder Unwritable()
    {
        var file = Path.Join(root, "a-file");
        File.WriteAllText(file, "where a folder should be");
        return new CheckpointFolder(file, new ExperimentId(2), fence: 1);
    }

    private Dictionary<string, string> Content(int place, List<TrainingEvent> events) =>
        Folder(place, fence: 0).Read(events.OfType<TrainingEvent.Saved>().Last().Checkpoint).ToDictionary(file => file.Key, file => Convert.ToHexString(SHA256.HashData(file.Value)));

    private static T End<T>(List<TrainingEvent> events) where T : TrainingEvent => Assert.IsType<T>(events[^1]);

    private static List<TrainingEvent.Measured> History(IEnumerable<TrainingEvent> events) =>
        [.. events.OfType<TrainingEvent.Measured>().Where(point => !MetricNames.IsOfTheMachine(point.Metric))];

    private static List<TrainingEvent.Measured> Losses(IEnumerable<TrainingEvent> events) => Points(events, MetricNames.TrainLoss);

    private static List<TrainingEvent.Measured> Points(IEnumerable<TrainingEvent> events, string name) =>
        [.. events.OfType<TrainingEvent.Measured>().Where(point => point.Metric == name)];
}
