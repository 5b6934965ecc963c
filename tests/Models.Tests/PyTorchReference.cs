using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Tests;

/// <summary>What plain PyTorch models compute for <see cref="FormulaModel"/>'s weights and volumes: a file that Reference/make_*.py wrote.</summary>
internal sealed class PyTorchReference(string file)
{
    private readonly JsonElement cases = JsonDocument.Parse(File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "Reference", file))).RootElement;

    public TheoryData<string> Names => [.. cases.EnumerateObject().Select(property => property.Name)];

    public JsonElement this[string name] => cases.GetProperty(name);

    /// <summary>Checks scores, loss and each parameter's gradient.</summary>
    public void Check(string name, ModelSpec spec)
    {
        using var scope = NewDisposeScope();
        var reference = cases.GetProperty(name);
        var model = Create(spec);
        using var parameters = new FlatParameters(model.Layout, members: 1, CPU, withGradients: true);
        FormulaModel.Fill(parameters, member: 0);

        var logits = model.Forward(parameters, Patches(model));
        var loss = Loss(logits);
        loss.backward();

        Assert.Equal([1, FormulaModel.Batch, FormulaModel.Classes], logits.shape);
        AssertClose([.. reference.GetProperty("logits").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(e => e.GetSingle())], Floats(logits), 1e-4f);
        Assert.Equal(reference.GetProperty("loss").GetSingle(), loss.item<float>(), 1e-4f);
        var norms = reference.GetProperty("gradient_norms");
        Assert.Equal(norms.EnumerateObject().Select(norm => norm.Name), model.Layout.Slots.Select(slot => slot.Name));
        Assert.All(model.Layout.Slots, slot =>
        {
            var expected = norms.GetProperty(slot.Name).GetSingle();
            var found = Math.Sqrt(Floats(parameters.Gradients!.narrow(1, slot.Offset, slot.Count)).Sum(g => (double)g * g));
            Assert.Equal(expected, found, (2e-3 * expected) + 2e-5);
        });
    }

    public static VideoTransformer Create(ModelSpec spec) => new(spec, FormulaModel.Size, FormulaModel.Classes);

    /// <summary>[S, T, H, W], uint8.</summary>
    public static Tensor Volumes() => tensor(FormulaModel.Volumes()).view(FormulaModel.Batch, FormulaModel.Size, FormulaModel.Size, FormulaModel.Size);

    /// <summary>[K, N, B, V], the same for each member.</summary>
    public static Tensor Patches(VideoTransformer model, int members = 1) => model.Grid.Cut(Volumes()).unsqueeze(0).expand(members, -1, -1, -1);

    /// <summary>The mean over each member's batch, summed over members.</summary>
    public static Tensor Loss(Tensor logits_KBC)
    {
        var members = (int)logits_KBC.shape[0];
        var labels = tensor(Enumerable.Repeat(FormulaModel.Labels, members).SelectMany(label => label).ToArray());
        return nn.functional.cross_entropy(logits_KBC.flatten(0, 1), labels).mul(members);
    }

    public static float[] Floats(Tensor values) => values.detach().contiguous().data<float>().ToArray();

    /// <summary>Equal up to the tolerance, which is relative for numbers beyond 1.</summary>
    public static void AssertClose(float[] expected, float[] found, float tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - found[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"Element {i}: {found[i]} where {expected[i]} is expected.");
        }
    }
}
