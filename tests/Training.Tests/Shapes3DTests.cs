using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.Data;
using ViViT.Training.Checkpoints;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public sealed class Shapes3DTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("vivit-shapes-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_small_model_learns_shapes_in_eight_epochs()
    {
        var spec = new ExperimentSpec
        {
            Data = new DataSpec { Name = DataSetCatalogue.Shapes3D },
            Model = new ModelSpec { Width = 64, Heads = 4, Layers = 4, Dropout = 0 },
            Training = new TrainingSpec { Epochs = 8, BatchSize = 32, LearningRate = 1e-3, CheckpointEverySteps = 1000 },
            Seed = 0,
        };
        var data = new DataSets(new DataFolder(root)).Load(spec.Data, cancellation: TestContext.Current.CancellationToken);
        var points = new List<TrainingEvent.Measured>();

        var member = new TrainingMember(spec, new CheckpointFolder(root, new ExperimentId(1), fence: 1), ResumeFrom: null, CancellationToken.None);
        new GroupTrainer([member], data, CPU).Run((_, e) =>
        {
            if (e is TrainingEvent.Measured point)
            {
                points.Add(point);
            }
        });

        Assert.True(points.Single(point => point.Metric == MetricNames.TestAuc).Value > 0.75, "Chance is 0.5.");
    }
}
