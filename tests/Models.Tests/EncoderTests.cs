using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;
using static ViViT.Models.Tests.PyTorchReference;

namespace ViViT.Models.Tests;

public class EncoderTests
{
    private static readonly PyTorchReference References = new("encoder_reference.json");

    public static TheoryData<string> Cases => References.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_loss_and_gradients_are_those_of_a_plain_PyTorch_model(string name) => References.Check(name, SpecOf(name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Three_members_compute_what_three_lone_models_compute(string name)
    {
        using var scope = NewDisposeScope();
        var model = Create(SpecOf(name));
        MemberNoise[] noise = [new(0.2, 0, Seed: 1), new(0, 0.5, Seed: 2), new(0.4, 0.3, Seed: 3)];
        using var group = new FlatParameters(model.Layout, members: 3, CPU, withGradients: true);
        for (var member = 0; member < 3; member++)
        {
            group.Initialise(member, seed: member);
        }

        var patches_KNBV = cat([Patches(model), Patches(model).flip(2), Patches(model)], 0);
        var logits_KBC = model.Forward(group, patches_KNBV, ModelNoise.For(noise, step: 7));
        logits_KBC.square().sum().backward();

        for (var member = 0; member < 3; member++)
        {
            using var alone = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
            alone.Initialise(0, seed: member);
            var expected = model.Forward(alone, patches_KNBV.narrow(0, member, 1), ModelNoise.For([noise[member]], step: 7));
            expected.square().sum().backward();
            AssertClose(Floats(expected), Floats(logits_KBC.narrow(0, member, 1)), 1e-5f);
            AssertClose(Floats(alone.Gradients!), Floats(group.Gradients!.narrow(0, member, 1)), 1e-4f);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_the_slopes_of_the_loss(string name)
    {
        using var scope = NewDisposeScope();
        var model = Create(SpecOf(name));
        using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
        parameters.Initialise(0, seed: 4);
        var start = parameters.Read(0);
        Loss(model.Forward(parameters, Patches(model))).backward();
        var gradient = Floats(parameters.Gradients!);
        var direction = new float[start.Length];
        RandomSequence.Of(5, "direction").FillUniform(direction, -1, 1);
        const float Reach = 2e-3f;

        var slope = (At(Reach) - At(-Reach)) / (2 * Reach);

        Assert.Equal(gradient.Zip(direction, (g, d) => (double)g * d).Sum(), slope, 0.02 * Math.Abs(slope) + 5e-3);

        double At(float reach)
        {
            parameters.Write(0, [.. start.Zip(direction, (value, d) => value + (reach * d))]);
            return Loss(model.Forward(parameters, Patches(model))).item<float>();
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Mixed_precision_stays_near_float32(string name)
    {
        using var scope = NewDisposeScope();
        var model = Create(SpecOf(name));
        var (exact, exactGradient) = Compute(mixed: false);
        var (mixed, mixedGradient) = Compute(mixed: true);

        AssertClose(exact, mixed, 5e-2f);
        Assert.NotEqual(exact, mixed);
        Assert.InRange(Cosine(exactGradient, mixedGradient), 0.99, 1.0001);

        (float[] Logits, float[] Gradient) Compute(bool mixed)
        {
            using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true, mixed);
            parameters.Initialise(0, seed: 1);
            var logits = model.Forward(parameters, Patches(model));
            Loss(logits).backward();
            parameters.GatherGradients();
            return (Floats(logits), Floats(parameters.Gradients!));
        }
    }

    [Fact]
    public void A_central_frame_kernel_starts_as_uniform_frame_sampling_of_the_centre_and_so_does_an_inflated_one_on_still_volumes()
    {
        using var scope = NewDisposeScope();
        var sampled = new ModelSpec { Width = 24, Heads = 3, Layers = 1, Patch = new Patch(4, 4, 4), Tokenizer = Tokenizer.UniformFrameSampling, FrameOffset = FrameOffset.Centre };
        var tubelets = sampled with { Tokenizer = Tokenizer.Tubelet };
        var still = Volumes().select(1, 3).unsqueeze(1).repeat(1, FormulaModel.Size, 1, 1);

        AssertClose(Scores(sampled, Volumes()), Scores(tubelets with { TubeletInitialisation = TubeletInitialisation.CentralFrame }, Volumes()), 1e-5f);
        AssertClose(Scores(sampled, still), Scores(tubelets with { TubeletInitialisation = TubeletInitialisation.FilterInflation }, still), 1e-5f);
        Assert.NotEqual(Scores(sampled, still), Scores(tubelets, still));

        static float[] Scores(ModelSpec spec, Tensor volumes)
        {
            var model = Create(spec);
            using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: false);
            parameters.Initialise(0, seed: 9);
            return Floats(model.Forward(parameters, model.Grid.Cut(volumes).unsqueeze(0)));
        }
    }

    [Fact]
    public void Patches_may_come_as_numbers_between_0_and_1()
    {
        using var scope = NewDisposeScope();
        var model = Create(new ModelSpec { Width = 24, Heads = 3, Layers = 1, Patch = new Patch(4, 4, 4) });
        using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: false);
        parameters.Initialise(0, seed: 9);

        var scaled = Patches(model).to(ScalarType.Float32).mul(1.0 / 255);

        Assert.Equal(Floats(model.Forward(parameters, Patches(model))), Floats(model.Forward(parameters, scaled)));
    }

    [Theory]
    [InlineData(EncoderKind.FactorisedSelfAttention, Pooling.ClassToken, 4)]
    [InlineData(EncoderKind.FactorisedDotProduct, Pooling.ClassToken, 4)]
    [InlineData(EncoderKind.FactorisedDotProduct, Pooling.Mean, 3)]
    public void Settings_that_do_not_go_together_are_refused(EncoderKind encoder, Pooling pooling, int heads)
    {
        Assert.Throws<ArgumentException>(() => Create(new ModelSpec { Patch = new Patch(4, 4, 4), Width = 24, Encoder = encoder, Pooling = pooling, Heads = heads }));
    }

    private static ModelSpec SpecOf(string name) => References[name].GetProperty("model").Deserialize<ModelSpec>(ContractsJson.Options)!;

    private static double Cosine(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
