using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Models.Tests;
using ViViT.Models.Weights;
using ViViT.Training.Optimisers;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class FlatAdamTests
{
    private static readonly JsonElement References =
        JsonDocument.Parse(File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "Reference", "reference.json"))).RootElement;

    public static TheoryData<string> Cases => [.. References.EnumerateObject().Select(property => property.Name)];

    [Fact]
    public void It_follows_the_papers_algorithm_for_each_member_at_its_own_rate()
    {
        // More numbers than a chunk holds, so that a second one is used.
        const int Count = 70_000;
        double[] rates = [0.1, 0.003];
        var layout = new ParameterLayout();
        layout.Add("w", Initial.Uniform(1), Count);
        using var parameters = new FlatParameters(layout, members: 2, CPU, withGradients: true);
        using var adam = FlatOptimiser.Create(parameters, [new TrainingSpec(), new TrainingSpec()]);
        parameters.Initialise(0, 0);
        parameters.Initialise(1, 1);
        var expected = new[] { parameters.Read(0).Select(w => (double)w).ToArray(), parameters.Read(1).Select(w => (double)w).ToArray() };
        var (m, v) = (new double[2, Count], new double[2, Count]);
        var gradient = new float[2 * Count];

        for (var step = 1; step <= 4; step++)
        {
            RandomSequence.Of(step, "gradient").FillUniform(gradient, -2, 2);
            gradient[7] = 0;
            using (NewDisposeScope())
            {
                parameters.Gradients!.copy_(tensor(gradient).view(2, Count));
                adam.Step(step, rates);
            }

            for (var k = 0; k < 2; k++)
            {
                for (var i = 0; i < Count; i++)
                {
                    double g = gradient[(k * Count) + i];
                    m[k, i] = (0.9 * m[k, i]) + (0.1 * g);
                    v[k, i] = (0.999 * v[k, i]) + (0.001 * g * g);
                    expected[k][i] -= rates[k] * (m[k, i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[k, i] / (1 - Math.Pow(0.999, step))) + 1e-7);
                }
            }
        }

        for (var k = 0; k < 2; k++)
        {
            var found = parameters.Read(k);
            Assert.Equal(0, Enumerable.Range(0, Count).Max(i => Math.Abs(found[i] - expected[k][i])), 1e-5);
        }

        using var left = parameters.Gradients!.abs();
        using var largest = left.max();
        Assert.Equal(0, largest.item<float>());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Five_steps_lower_the_loss_as_PyTorchs_Adam_does(string name)
    {
        using var scope = NewDisposeScope();
        var reference = References.GetProperty(name);
        var spec = new ModelSpec
        {
            Tokenizer = reference.GetProperty("tokenizer").Deserialize<Tokenizer>(ContractsJson.Options),
            Patch = reference.GetProperty("patch").Deserialize<Patch>(ContractsJson.Options),
            FrameOffset = reference.GetProperty("frame_offset").Deserialize<FrameOffset>(ContractsJson.Options),
            Width = 24, Heads = 3, Layers = 2, MlpRatio = 2, Dropout = 0,
        };
        var experiment = new ExperimentSpec { Data = new DataSpec { Name = "formula" }, Model = spec, Training = new TrainingSpec { LearningRate = 1e-3 } };
        using var learner = new Learner(new VideoTransformer(spec, FormulaModel.Size, FormulaModel.Classes), [experiment], CPU);
        FormulaModel.Fill(learner.Parameters, member: 0);
        var volumes = tensor(FormulaModel.Volumes()).view(FormulaModel.Batch, FormulaModel.Size, FormulaModel.Size, FormulaModel.Size);
        var (patches, labels) = (learner.Model.Grid.Cut(volumes).unsqueeze(0), tensor(FormulaModel.Labels).unsqueeze(0));

        var losses = new List<float>();
        for (var step = 1; step <= 6; step++)
        {
            learner.Step(step, patches, labels);
            losses.Add(learner.LossSum.item<float>());
            learner.LossSum.zero_();
        }

        float[] expected = [reference.GetProperty("loss").GetSingle(), .. reference.GetProperty("losses_after_adam").EnumerateArray().Select(loss => loss.GetSingle())];
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }
}
