using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>A pre-norm transformer block: <c>x + attention(norm(x))</c>, then <c>x + mlp(norm(x))</c>.</summary>
/// <param name="depth">0 for the first block of an encoder, 1 for the last: how much of the stochastic depth it has.</param>
internal sealed class EncoderBlock(ParameterLayout layout, string name, long width, long heads, long mlpRatio, double depth)
{
    private readonly GroupLayerNorm attentionNorm = new(layout, $"{name}.attention_norm", width);
    private readonly SelfAttention attention = new(layout, $"{name}.attention", width, heads);
    private readonly GroupLayerNorm mlpNorm = new(layout, $"{name}.mlp_norm", width);
    private readonly Mlp mlp = new(layout, $"{name}.mlp", width, width * mlpRatio);

    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        x_KRD = x_KRD.add(Kept(attention.Forward(parameters, attentionNorm.Forward(parameters, x_KRD), batch, noise)));
        return x_KRD.add(Kept(mlp.Forward(parameters, mlpNorm.Forward(parameters, x_KRD))));

        Tensor Kept(Tensor branch_KRD) => noise?.DropPath(branch_KRD, batch, depth) ?? branch_KRD;
    }
}
