using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// A pre-norm transformer block: <c>x + attention(norm(x))</c> for each of its attentions, then <c>x + mlp(norm(x))</c>. Stochastic depth
/// takes branches away.
/// </summary>
internal sealed class EncoderBlock
{
    private readonly (GroupLayerNorm Norm, SelfAttention Attention)[] attentions;
    private readonly GroupLayerNorm mlpNorm;
    private readonly Mlp mlp;
    private readonly double depth;

    /// <param name="depth">0 for the first block of an encoder, 1 for the last: how much of the stochastic depth it has.</param>
    /// <param name="attentions">One after the other; the spans of one share its heads.</param>
    public EncoderBlock(ParameterLayout layout, string name, ModelSpec spec, long frames, double depth, params (string Name, AttentionSpan[] Spans)[] attentions)
    {
        this.depth = depth;
        this.attentions = [.. attentions.Select(one => (
            new GroupLayerNorm(layout, $"{name}.{one.Name}_norm", spec.Width),
            new SelfAttention(layout, $"{name}.{one.Name}", spec.Width, spec.Heads, frames, one.Spans)))];
        mlpNorm = new GroupLayerNorm(layout, $"{name}.mlp_norm", spec.Width);
        mlp = new Mlp(layout, $"{name}.mlp", spec.Width, (long)spec.Width * spec.MlpRatio, spec.Width, spec.Mlp);
    }

    /// <summary>The blocks of an encoder, named <c>name.0</c>, <c>name.1</c>, ….</summary>
    public static EncoderBlock[] Stack(
        ParameterLayout layout, string name, int layers, ModelSpec spec, long frames, params (string Name, AttentionSpan[] Spans)[] attentions) =>
        [.. Enumerable.Range(0, layers).Select(i => new EncoderBlock(layout, $"{name}.{i}", spec, frames, layers > 1 ? i / (layers - 1.0) : 1, attentions))];

    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        foreach (var (norm, attention) in attentions)
        {
            x_KRD = x_KRD.add(Kept(attention.Forward(parameters, norm.Forward(parameters, x_KRD), batch, noise)));
        }

        return x_KRD.add(Kept(mlp.Forward(parameters, mlpNorm.Forward(parameters, x_KRD))));

        Tensor Kept(Tensor branch_KRD) => noise?.DropPath(branch_KRD, batch, depth) ?? branch_KRD;
    }
}
