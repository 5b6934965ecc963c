using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;
using static ViViT.Models.Tests.PyTorchReference;

namespace ViViT.Models.Tests;

public class TokenLearnerTests
{
    private static readonly ModelSpec Tiny = new() { Patch = new Patch(4, 4, 4), Width = 24, Heads = 3, Layers = 2, MlpRatio = 2, Dropout = 0 };

    private static readonly PyTorchReference References = new("token_learner_reference.json");

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
        using var group = new FlatParameters(model.Layout, members: 3, CPU, withGradients: true);
        for (var member = 0; member < 3; member++)
        {
            FormulaModel.Fill(group, member);
            group.Write(member, [.. group.Read(member).Select(value => value * (1 + (0.2f * member)))]);
        }

        var patches_KNBV = cat([Patches(model), Patches(model).flip(2), Patches(model)], 0);
        var logits_KBC = model.Forward(group, patches_KNBV);
        logits_KBC.square().sum().backward();

        for (var member = 0; member < 3; member++)
        {
            using var alone = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
            alone.Write(0, group.Read(member));
            var expected = model.Forward(alone, patches_KNBV.narrow(0, member, 1));
            expected.square().sum().backward();
            AssertClose(Floats(expected), Floats(logits_KBC.narrow(0, member, 1)), 1e-5f);
            AssertClose(Floats(alone.Gradients!), Floats(group.Gradients!.narrow(0, member, 1)), 2e-3f);
        }
    }

    [Fact]
    public void A_fused_block_starts_as_the_identity()
    {
        using var scope = NewDisposeScope();
        var spec = Tiny with { TokenLearner = new TokenLearnerSpec { Form = TokenLearnerForm.V11, Tokens = 4, AfterLayer = 0, Fuser = true } };
        var fused = Create(spec);
        var other = Create(spec with { MlpRatio = 1 });
        using var weights = new FlatParameters(fused.Layout, members: 1, CPU, withGradients: false);
        using var others = new FlatParameters(other.Layout, members: 1, CPU, withGradients: false);
        weights.Initialise(0, seed: 1);
        others.Initialise(0, seed: 1);

        // Blocks of different shapes, the same scores: nothing of a block comes through its fuser yet.
        AssertClose(Floats(other.Forward(others, Patches(other))), Floats(fused.Forward(weights, Patches(fused))), 1e-5f);
    }

    [Theory]
    [InlineData(EncoderKind.FactorisedEncoder, Pooling.Mean, 1)]
    [InlineData(EncoderKind.SpatioTemporal, Pooling.ClassToken, 1)]
    [InlineData(EncoderKind.SpatioTemporal, Pooling.Mean, 2)]
    public void Where_it_has_no_place_it_is_refused(EncoderKind encoder, Pooling pooling, int after)
    {
        var spec = Tiny with { Encoder = encoder, Pooling = pooling, TokenLearner = new TokenLearnerSpec { Form = TokenLearnerForm.V1, AfterLayer = after } };

        Assert.Throws<ArgumentException>(() => Create(spec));
    }

    private static ModelSpec SpecOf(string name) => Tiny with
    {
        Patch = References[name].GetProperty("patch").Deserialize<Patch>(ContractsJson.Options),
        TokenLearner = References[name].GetProperty("token_learner").Deserialize<TokenLearnerSpec>(ContractsJson.Options)!,
    };
}
