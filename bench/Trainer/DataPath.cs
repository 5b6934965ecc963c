using System.Globalization;
using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Data;
using ViViT.Models;
using ViViT.Training;
using ViViT.Training.Augmentation;
using static TorchSharp.torch;

namespace ViViT.Bench.Trainer;

/// <summary>
/// A batch from memory, with and without augmentation, and a whole set from disk, beside a training step of the reference recipe. Nothing in
/// the path reads the device: a batch is an index-select, and what augmentation draws goes to the device unread.
/// </summary>
internal static class DataPath
{
    private const int Batch = 32;

    public static void Run(string folder)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var spec = new ExperimentSpec { Data = new DataSpec { Name = "adrenalmnist3d" } };
        var set = new DataSets(new DataFolder(folder)).Load(spec.Data);
        var model = new VideoTransformer(spec.Model, set.Info.Size, set.Info.Classes);
        using var learner = new Learner(model, [spec], CPU);
        using var cut = new DeviceSplit("training split", set.Train, set.Info.Classes, model.Grid, CPU);
        using var whole = new DeviceSplit("training split", set.Train, set.Info.Classes, model.Grid, CPU, asVolumes: true);
        var everything = new AugmentationSpec { Flip = 0.5, Turn = 0.5, Shift = 2, Intensity = 0.1, Mixup = 0.2 };
        var augmentation = new VolumeAugmentation(everything, [0], set.Info.Size, CPU);
        var order = cut.Order([RandomSequence.Of(0, "order").Permutation(cut.Count)]);
        var step = 0L;

        var training = Timing.Median(30, () => Scoped(() => learner.Step(++step, cut.Patches(order, 0, Batch), cut.LabelsOf(order, 0, Batch))));
        Print("training step", training, training);
        Print("batch from memory", Timing.Median(200, () => Scoped(() => cut.Patches(order, 0, Batch))), training);
        Print("... with every augmentation", Timing.Median(100, () => Scoped(() =>
        {
            var volumes = augmentation.Apply(whole.Volumes(order, 0, Batch), ++step);
            return whole.Cut(Mixup.Mix(volumes, Mixup.Draw(everything.Mixup, [0], Batch, step, CPU)!));
        })), training);

        var batches = (set.Train.Count + Batch - 1) / Batch;
        var load = Timing.Median(7, () =>
        {
            var again = new DataSets(new DataFolder(folder)).Load(spec.Data);
            using var split = new DeviceSplit("training split", again.Train, again.Info.Classes, model.Grid, CPU);
        });
        Print("set from disk, cut, per batch of an epoch", load / batches, training);
    }

    private static void Scoped(Func<Tensor> work)
    {
        using var scope = NewDisposeScope();
        work();
    }

    private static void Print(string what, double milliseconds, double training) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-42} {milliseconds,8:F3} ms {1000 / milliseconds,10:F0} batches/s {milliseconds / training,8:P2} of a step"));
}
