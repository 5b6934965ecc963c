using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>A pre-norm transformer block: <c>x + attention(norm(x))</c>, then <c>x + mlp(norm(x))</c>.</summary>
internal sealed class EncoderBlock(ParameterLayout layout, string name, long width, long heads, long mlpRatio)
{
    private readonly GroupLayerNorm attentionNorm = new(layout, $"{name}.attention_norm", width);
    private readonly SelfAttention attention = new(layout, $"{name}.attention", width, heads);
    private readonly GroupLayerNorm mlpNorm = new(layout, $"{name}.mlp_norm", width);
    private readonly Mlp mlp = new(layout, $"{name}.mlp", width, width * mlpRatio);

    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, AttentionDropout? dropout)
    {
        x_KRD = x_KRD.add(attention.Forward(parameters, attentionNorm.Forward(parameters, x_KRD), batch, dropout));
        return x_KRD.add(mlp.Forward(parameters, mlpNorm.Forward(parameters, x_KRD)));
    }
}
