using System.Globalization;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.Data;
using ViViT.Training;
using ViViT.Training.Checkpoints;
using static TorchSharp.torch;

namespace ViViT.Bench.Trainer;

/// <summary>
/// Test AUC of N seeds trained alone and in groups of four: the bits differ, the distribution must not. Prints mean and deviation of each, and the
/// paired difference in standard errors.
/// </summary>
internal static class Seeds
{
    private const int GroupOf = 4;

    public static void Run(int count)
    {
        var folder = Directory.CreateTempSubdirectory("vivit-seeds-").FullName;
        try
        {
            var spec = new ExperimentSpec
            {
                Data = new DataSpec { Name = DataSetCatalogue.Shapes3D, Limit = 512 },
                Model = new ModelSpec { Width = 32, Heads = 4, Layers = 2, MlpRatio = 2 },
                Training = new TrainingSpec { Epochs = 30, LearningRate = 1e-3, CheckpointEverySteps = 100_000 },
            };
            var data = new DataSets(new DataFolder(Path.Join(folder, "data"))).Load(spec.Data);
            var specs = Enumerable.Range(0, count).Select(seed => spec with { Seed = seed }).ToArray();
            var alone = specs.SelectMany(one => Train([one], data, folder)).ToArray();
            var grouped = specs.Chunk(GroupOf).SelectMany(some => Train(some, data, folder)).ToArray();
            var differences = alone.Zip(grouped, (a, b) => b - a).ToArray();
            var error = Deviation(differences) / Math.Sqrt(count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{count} seeds, test AUC: alone {alone.Average():F4} ± {Deviation(alone):F4}, in groups of {GroupOf} {grouped.Average():F4} ± {Deviation(grouped):F4}; "
                + $"mean difference {differences.Average():F4} = {differences.Average() / error:F2} standard errors (below 2 is chance)"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] Train(ExperimentSpec[] specs, VolumeSet data, string folder)
    {
        var scores = new double[specs.Length];
        var members = specs.Select((spec, place) => new TrainingMember(spec, new CheckpointFolder(folder, new ExperimentId(place + 1), fence: 1), ResumeFrom: null, CancellationToken.None));
        new GroupTrainer([.. members], data, CPU).Run((place, said) =>
        {
            if (said is TrainingEvent.Measured { Metric: MetricNames.TestAuc } point)
            {
                scores[place] = point.Value;
            }
        });
        return scores;
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
