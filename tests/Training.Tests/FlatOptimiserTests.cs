using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Models.Weights;
using ViViT.Training.Optimisers;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class FlatOptimiserTests
{
    private const int Count = 12;

    public static TheoryData<string> Cases => [.. Reference.Select(optimiser => optimiser.GetProperty("name").GetString()!)];

    private static IEnumerable<JsonElement> Reference => RecipeReference.Root.GetProperty("optimisers").EnumerateArray();

    private static double[] Factors => RecipeReference.Root.GetProperty("factors").Numbers();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Members_of_different_rates_and_decays_follow_PyTorch(string name)
    {
        var reference = Reference.Single(optimiser => optimiser.GetProperty("name").GetString() == name);
        var members = reference.GetProperty("members").EnumerateArray().ToList();
        using var parameters = RecipeReference.Parameters(members.Count, Count);
        using var optimiser = FlatOptimiser.Create(parameters, Specs(reference));
        for (var k = 0; k < members.Count; k++)
        {
            parameters.Write(k, RecipeReference.Formula(Count, k));
        }

        for (var step = 1; step <= Factors.Length; step++)
        {
            parameters.SetGradients([.. members.Select((_, k) => Gradient(k, step, reference.GetProperty("scale").GetDouble()))]);
            optimiser.Step(step, [.. members.Select(member => member.GetProperty("rate").GetDouble() * Factors[step - 1])]);

            for (var k = 0; k < members.Count; k++)
            {
                var expected = members[k].GetProperty("weights")[step - 1].Numbers();
                Assert.All(expected.Zip(parameters.Read(k)), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
            }
        }

        Assert.Equal(Factors.Length, members[0].GetProperty("weights").GetArrayLength());
        Assert.All(Enumerable.Range(0, members.Count), k => Assert.All(parameters.ReadGradients(k), gradient => Assert.Equal(0, gradient)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_member_of_a_group_ends_with_the_bits_of_the_same_one_alone(string name)
    {
        // More numbers than a chunk of three members holds, or of one.
        const int Many = 140_001;
        var specs = Specs(Reference.Single(optimiser => optimiser.GetProperty("name").GetString() == name));
        var group = Train([.. Enumerable.Range(0, specs.Count)], Many);

        for (var k = 0; k < specs.Count; k++)
        {
            Assert.Equal(Train([k], Many)[0], group[k]);
        }

        float[][] Train(int[] members, int count)
        {
            using var parameters = RecipeReference.Parameters(members.Length, count);
            using var optimiser = FlatOptimiser.Create(parameters, [.. members.Select(k => specs[k])]);
            for (var place = 0; place < members.Length; place++)
            {
                parameters.Initialise(place, members[place]);
            }

            var gradient = new float[count];
            for (var step = 1; step <= 3; step++)
            {
                parameters.SetGradients([.. members.Select(k =>
                {
                    RandomSequence.Of(k, "gradient", step).FillUniform(gradient, -1, 1);
                    return gradient.ToArray();
                })]);
                optimiser.Step(step, [.. members.Select(k => specs[k].LearningRate / step)]);
            }

            return [.. members.Select((_, place) => parameters.Read(place))];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void At_a_rate_of_zero_the_weights_stay_and_the_state_goes_on(string name)
    {
        var specs = Specs(Reference.Single(optimiser => optimiser.GetProperty("name").GetString() == name));
        using var parameters = RecipeReference.Parameters(specs.Count, Count);
        using var optimiser = FlatOptimiser.Create(parameters, specs);
        for (var k = 0; k < specs.Count; k++)
        {
            parameters.Write(k, RecipeReference.Formula(Count, k));
        }

        parameters.SetGradients([.. specs.Select((_, k) => Gradient(k, step: 1))]);
        optimiser.Step(1, [.. specs.Select(_ => 0.0)]);

        for (var k = 0; k < specs.Count; k++)
        {
            Assert.Equal(RecipeReference.Formula(Count, k), parameters.Read(k));
        }

        Assert.All(optimiser.State, state =>
        {
            using var moved = state.State_KP.count_nonzero();
            Assert.InRange(moved.item<long>(), specs.Count * (Count - 2), specs.Count * Count);
        });
    }

    [Theory]
    [InlineData(Optimiser.Adam)]
    [InlineData(Optimiser.AdamW)]
    [InlineData(Optimiser.Sgd)]
    public void A_member_whose_gradient_is_no_number_leaves_the_others_alone(Optimiser kind)
    {
        var spec = new TrainingSpec { Optimiser = kind, WeightDecay = 0.1 };
        using var parameters = RecipeReference.Parameters(2, Count);
        using var optimiser = FlatOptimiser.Create(parameters, [spec, spec]);
        using var alone = RecipeReference.Parameters(1, Count);
        using var lone = FlatOptimiser.Create(alone, [spec]);
        parameters.Write(0, RecipeReference.Formula(Count, 0));
        alone.Write(0, RecipeReference.Formula(Count, 0));

        parameters.SetGradients(Gradient(0, 1), [.. Enumerable.Repeat(float.NaN, Count)]);
        alone.SetGradients(Gradient(0, 1));
        optimiser.Step(1, [0.1, 0.1]);
        lone.Step(1, [0.1]);

        Assert.Equal(alone.Read(0), parameters.Read(0));
        Assert.All(parameters.Read(1), weight => Assert.True(float.IsNaN(weight)));
    }

    [Theory]
    [InlineData(Optimiser.Adam, new[] { "adam.first", "adam.second" })]
    [InlineData(Optimiser.AdamW, new[] { "adam.first", "adam.second" })]
    [InlineData(Optimiser.Sgd, new[] { "sgd.momentum" })]
    public void With_weights_and_state_moved_to_another_optimiser_it_goes_on_with_the_same_bits(Optimiser kind, string[] names)
    {
        var spec = new TrainingSpec { Optimiser = kind, WeightDecay = 0.01 };
        using var parameters = RecipeReference.Parameters(1, Count);
        using var optimiser = FlatOptimiser.Create(parameters, [spec]);
        using var other = RecipeReference.Parameters(1, Count);
        using var resumed = FlatOptimiser.Create(other, [spec]);
        Assert.Equal(names, optimiser.State.Select(state => state.Name));

        parameters.Write(0, RecipeReference.Formula(Count, 0));
        Step(parameters, optimiser, 1);
        other.Write(0, parameters.Read(0));
        foreach (var (from, to) in optimiser.State.Zip(resumed.State))
        {
            to.State_KP.copy_(from.State_KP);
        }

        Step(parameters, optimiser, 2);
        Step(other, resumed, 2);

        Assert.Equal(parameters.Read(0), other.Read(0));

        static void Step(FlatParameters parameters, FlatOptimiser optimiser, int step)
        {
            parameters.SetGradients(Gradient(0, step));
            optimiser.Step(step, [0.05]);
        }
    }

    [Fact]
    public void Members_that_do_not_fit_together_are_refused()
    {
        using var parameters = RecipeReference.Parameters(2, Count);
        var adam = new TrainingSpec();

        Assert.Throws<ArgumentException>(() => FlatOptimiser.Create(parameters, [adam]));
        Assert.Throws<ArgumentException>(() => FlatOptimiser.Create(parameters, [adam, adam with { Optimiser = Optimiser.AdamW }]));
        Assert.Throws<ArgumentException>(() => FlatOptimiser.Create(parameters, [adam, adam with { Momentum = 0.5 }]));
        using var optimiser = FlatOptimiser.Create(parameters, [adam, adam]);
        Assert.Throws<ArgumentException>(() => optimiser.Step(1, [0.1]));
    }

    private static List<TrainingSpec> Specs(JsonElement reference) =>
    [
        .. reference.GetProperty("members").EnumerateArray().Select(member => new TrainingSpec
        {
            Optimiser = reference.GetProperty("kind").Deserialize<Optimiser>(ContractsJson.Options),
            Momentum = reference.GetProperty("momentum").GetDouble(),
            LearningRate = member.GetProperty("rate").GetDouble(),
            WeightDecay = member.GetProperty("weight_decay").GetDouble(),
        }),
    ];

    // As in the reference.
    private static float[] Gradient(int member, int step, double scale = 1)
    {
        var gradient = RecipeReference.Formula(Count, (10 * step) + member).Select(number => (float)(2 * scale * number)).ToArray();
        gradient[step % Count] = 0;
        return gradient;
    }
}
