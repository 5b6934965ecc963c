using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.Data;
using ViViT.Models;

namespace ViViT.Training.Tests;

/// <summary>Volumes of 8 voxels a side whose class is the octant pair that is bright, under noise; and a model that learns them in seconds.</summary>
internal static class TinySets
{
    public const int Size = 8;

    public static ExperimentSpec Spec { get; } = new()
    {
        Data = new DataSpec { Name = "tiny" },
        Model = new ModelSpec { Patch = new Patch(4, 4, 4), Width = 16, Heads = 2, Layers = 2, MlpRatio = 2, Dropout = 0.1 },
        Training = new TrainingSpec { Epochs = 4, BatchSize = 8, LearningRate = 3e-3, LogEverySteps = 3, CheckpointEverySteps = 100 },
        Seed = 11,
    };

    /// <param name="train">Samples of the training split: 45 make six steps an epoch, the last one of five samples.</param>
    public static VolumeSet Make(int train = 45, int validation = 20, int test = 24, int classes = 4, LabelTask task = LabelTask.MultiClass, Func<int, int>? labelOf = null) =>
        new()
        {
            Info = new DataSetInfo("tiny", task, Size, [.. Enumerable.Range(0, classes).Select(c => $"class {c}")], new SplitSizes(train, validation, test), "none", Download: null),
            Train = Split(train, classes, seed: 1, labelOf),
            Validation = Split(validation, classes, seed: 2, labelOf),
            Test = Split(test, classes, seed: 3, labelOf),
        };

    private static VolumeSplit Split(int count, int classes, int seed, Func<int, int>? labelOf)
    {
        var sequence = RandomSequence.Of(seed, "tiny");
        var (voxels, labels) = (new byte[count * Size * Size * Size], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)(labelOf?.Invoke(i) ?? i % classes);
        }

        for (var i = 0; i < voxels.Length; i++)
        {
            var (s, t, h) = (i / (Size * Size * Size), i / (Size * Size) % Size, i / Size % Size);
            var bright = (t / 4 * 2) + (h / 4) == labels[s];
            voxels[i] = (byte)(sequence.NextBelow(120) + (bright ? 130 : 0));
        }

        return new VolumeSplit(voxels, labels);
    }
}
