using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>
/// Blocks that attend over space and over time apart, then a final norm and the mean over tokens. Models 3 and 4 of Arnab et al. 2021:
/// one attention after the other in each block (figure 5), or half of the heads for each (figure 6).
/// </summary>
/// <remarks>
/// The paper starts model 3's temporal attention at zero when its other weights come from an image model; from scratch every
/// attention starts alike.
/// </remarks>
internal sealed class FactorisedBlocksEncoder(
    ParameterLayout layout, ModelSpec spec, PatchGeometry geometry, params (string Name, AttentionSpan[] Spans)[] attentions) : Encoder
{
    private readonly EncoderBlock[] blocks = EncoderBlock.Stack(layout, "blocks", spec.Layers, spec, geometry.Time.Count, attentions);
    private readonly GroupLayerNorm norm = new(layout, "norm", spec.Width);

    public override Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        foreach (var block in blocks)
        {
            x_KRD = block.Forward(parameters, x_KRD, batch, noise);
        }

        return norm.Forward(parameters, x_KRD).view(parameters.Members, -1, batch, spec.Width).mean([1]);
    }
}
