using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>Joint spatio-temporal attention: every token attends to every other (model 1 of Arnab et al. 2021), then a final norm and pooling.</summary>
internal sealed class SpatioTemporalEncoder(ParameterLayout layout, ModelSpec spec, PatchGeometry geometry) : Encoder
{
    private readonly TokenPooling pooling = new(layout, "", spec);

    private readonly EncoderBlock[] blocks =
        EncoderBlock.Stack(layout, "blocks", spec.Layers, spec, geometry.Time.Count, ("attention", [AttentionSpan.Joint]));

    private readonly GroupLayerNorm norm = new(layout, "norm", spec.Width);

    public override Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        x_KRD = pooling.Prepend(parameters, x_KRD.unsqueeze(1), batch).squeeze(1);
        foreach (var block in blocks)
        {
            x_KRD = block.Forward(parameters, x_KRD, batch, noise);
        }

        return pooling.Pool(norm.Forward(parameters, x_KRD).unsqueeze(1), batch).squeeze(1);
    }
}
