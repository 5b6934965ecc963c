using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;
using static ViViT.Models.Tests.PyTorchReference;

namespace ViViT.Models.Tests;

public class VideoTransformerTests
{
    private static readonly ModelSpec Tiny = new() { Patch = new Patch(4, 4, 4), Width = 24, Heads = 3, Layers = 2, MlpRatio = 2, Dropout = 0 };

    private static readonly PyTorchReference References = new("reference.json");

    public static TheoryData<string> Cases => References.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_loss_and_gradients_are_those_of_a_plain_PyTorch_model(string name) => References.Check(name, SpecOf(References[name]));

    [Fact]
    public void Three_members_compute_what_three_lone_models_compute()
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(Tiny, FormulaModel.Size, FormulaModel.Classes);
        using var group = new FlatParameters(model.Layout, members: 3, CPU, withGradients: true);
        var patches = cat([Patches(model, 1), Reordered(1, 0, 3, 2), Reordered(3, 3, 0, 1)], 0);
        for (var member = 0; member < 3; member++)
        {
            group.Initialise(member, seed: member);
        }

        var logits = model.Forward(group, patches, Dropout(0, 1, 2));
        Loss(logits).backward();

        for (var member = 0; member < 3; member++)
        {
            using var alone = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
            alone.Initialise(0, seed: member);
            var aloneLogits = model.Forward(alone, patches.narrow(0, member, 1), Dropout(member));
            Loss(aloneLogits).backward();

            AssertClose(Floats(aloneLogits), Floats(logits.narrow(0, member, 1)), 1e-5f);
            AssertClose(Floats(alone.Gradients!), Floats(group.Gradients!.narrow(0, member, 1)), 1e-5f);
            Assert.True(Floats(alone.Gradients!).Max(Math.Abs) > 1e-3f);
        }

        Tensor Reordered(params long[] samples) => Patches(model, 1).index_select(2, tensor(samples));

        static ModelNoise Dropout(params int[] seeds) => new([.. seeds.Select(seed => new MemberNoise(0.3, 0, seed))], step: 1);
    }

    [Fact]
    public void Gradients_are_the_slopes_of_the_loss()
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(Tiny with { Width = 8, Heads = 2 }, FormulaModel.Size, FormulaModel.Classes);
        using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
        var values = new float[model.Layout.Count];
        RandomSequence.Of(0, "gradients").FillUniform(values, -0.8, 0.8);
        parameters.Write(0, values);
        var patches = Patches(model, 1);
        LossAt(parameters).backward();
        var gradients = Floats(parameters.Gradients!);

        // The parameter of each slot with the steepest slope: float32 resolves its difference quotient.
        Assert.All(model.Layout.Slots, slot =>
        {
            var at = Enumerable.Range((int)slot.Offset, (int)slot.Count).MaxBy(i => Math.Abs(gradients[i]));
            var slope = (Moved(at, 2e-3f) - Moved(at, -2e-3f)) / 4e-3f;
            Assert.Equal(gradients[at], slope, (0.03f * Math.Abs(gradients[at])) + 3e-4f);
        });

        float Moved(int at, float by)
        {
            using var moved = new FlatParameters(model.Layout, members: 1, CPU, withGradients: false);
            var changed = (float[])values.Clone();
            changed[at] += by;
            moved.Write(0, changed);
            return LossAt(moved).item<float>();
        }

        Tensor LossAt(FlatParameters at) => Loss(model.Forward(at, patches, new ModelNoise([new MemberNoise(0.2, 0, Seed: 0)], step: 1)));
    }

    [Fact]
    public void The_recipe_of_the_reference_has_1656971_parameters()
    {
        Assert.Equal(1_656_971, new VideoTransformer(new ModelSpec(), size: 28, classes: 11).Layout.Count);
    }

    [Fact]
    public void A_second_backward_pass_adds_to_the_flat_gradients()
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(Tiny, FormulaModel.Size, FormulaModel.Classes);
        using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
        FormulaModel.Fill(parameters, member: 0);

        Loss(model.Forward(parameters, Patches(model, 1))).backward();
        var once = Floats(parameters.Gradients!);
        Loss(model.Forward(parameters, Patches(model, 1))).backward();

        AssertClose([.. once.Select(g => 2 * g)], Floats(parameters.Gradients!), 1e-6f);
    }

    [Fact]
    public void Members_start_from_their_own_seed_within_the_bounds_of_Keras()
    {
        var model = new VideoTransformer(new ModelSpec(), size: 28, classes: 11);
        using var parameters = new FlatParameters(model.Layout, members: 2, CPU, withGradients: false);
        parameters.Initialise(0, seed: 5);
        parameters.Initialise(1, seed: 6);

        var (first, second) = (parameters.Read(0), parameters.Read(1));

        AssertSpread("blocks.0.mlp.up.weight", Math.Sqrt(6.0 / (128 + 512)));
        AssertSpread("blocks.7.attention.qkv.weight", Math.Sqrt(6.0 / ((128 * 8) + (128 * 16))));
        AssertSpread("blocks.7.attention.output.weight", Math.Sqrt(6.0 / ((8 * 16) + (8 * 128))));
        AssertSpread("embedding.weight", Math.Sqrt(6.0 / (512 + (512 * 128))));
        AssertSpread("positions", 0.05);
        Assert.All(Part("norm.weight", first), value => Assert.Equal(1, value));
        Assert.All(Part("head.bias", first), value => Assert.Equal(0, value));
        Assert.NotEqual(Part("positions", first), Part("positions", second));
        Assert.NotEqual(Part("blocks.0.mlp.up.weight", first), Part("blocks.1.mlp.up.weight", first));

        void AssertSpread(string name, double limit)
        {
            var values = Part(name, first);
            Assert.All(values, value => Assert.InRange(value, -limit, limit));
            Assert.Equal(limit / Math.Sqrt(3), Math.Sqrt(values.Average(value => (double)value * value)), limit * 0.05);
        }

        float[] Part(string name, float[] values)
        {
            var slot = model.Layout.Slots.Single(slot => slot.Name == name);
            return values[(int)slot.Offset..(int)(slot.Offset + slot.Count)];
        }
    }

    [Fact]
    public void Weights_survive_a_file_and_another_models_file_is_refused()
    {
        var model = new VideoTransformer(Tiny, FormulaModel.Size, FormulaModel.Classes);
        using var parameters = new FlatParameters(model.Layout, members: 2, CPU, withGradients: false);
        parameters.Initialise(1, seed: 3);
        using var file = new MemoryStream();
        WeightFile.Write(file, parameters, member: 1);

        using var loaded = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
        WeightFile.Read(file.ToArray(), loaded, member: 0);

        Assert.Equal(parameters.Read(1), loaded.Read(0));
        var wider = new VideoTransformer(Tiny with { MlpRatio = 3 }, FormulaModel.Size, FormulaModel.Classes);
        using var others = new FlatParameters(wider.Layout, members: 1, CPU, withGradients: false);
        var refused = Assert.Throws<SafetensorsException>(() => WeightFile.Read(file.ToArray(), others, member: 0));
        Assert.Contains("'blocks.0.mlp.up.weight' is F32 [24, 48] where F32 [24, 72] is expected", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patches_of_another_shape_are_refused_before_native_code_sees_them()
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(Tiny, FormulaModel.Size, FormulaModel.Classes);
        using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: false);

        var refused = Assert.Throws<ArgumentException>(() => model.Forward(parameters, zeros([1, 27, 2, 63], ScalarType.Byte)));

        Assert.Contains("[1, 27, 2, 63] where [1, 27, B, 64] is expected", refused.Message, StringComparison.Ordinal);
    }

    private static ModelSpec SpecOf(JsonElement reference) => Tiny with
    {
        Tokenizer = reference.GetProperty("tokenizer").Deserialize<Tokenizer>(ContractsJson.Options),
        Patch = reference.GetProperty("patch").Deserialize<Patch>(ContractsJson.Options),
        FrameOffset = reference.GetProperty("frame_offset").Deserialize<FrameOffset>(ContractsJson.Options),
    };
}
