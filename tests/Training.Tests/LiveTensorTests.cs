using TorchSharp;
using ViViT.Contracts;
using ViViT.Training.Checkpoints;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

/// <summary>Counts the tensors of the whole process, so nothing runs beside it.</summary>
[CollectionDefinition(nameof(LiveTensorTests), DisableParallelization = true)]
[Collection(nameof(LiveTensorTests))]
public sealed class LiveTensorTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("vivit-live-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Over_1000_steps_with_validations_and_checkpoints_the_number_of_tensors_stays_flat_and_none_is_left()
    {
        var spec = TinySets.Spec with { Training = TinySets.Spec.Training with { Epochs = 167, LogEverySteps = 1, CheckpointEverySteps = 10 } };
        var trainer = new GroupTrainer([new(spec, new CheckpointFolder(root, new ExperimentId(1), fence: 1), ResumeFrom: null, CancellationToken.None)], TinySets.Make(), CPU);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        var live = new List<long>();

        trainer.Run((_, e) =>
        {
            if (e is TrainingEvent.Measured { Metric: MetricNames.TrainLoss })
            {
                live.Add(Tensor.TotalCount - before);
            }
        });

        Assert.Equal(1002, live.Count);
        Assert.InRange(live[0], 1, 1000);
        Assert.Single(live.Distinct());
        Assert.Equal(before, Tensor.TotalCount);
    }
}
