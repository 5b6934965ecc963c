using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>Joint spatio-temporal attention: every token attends to every other (model 1 of Arnab et al. 2021), then a final norm.</summary>
internal sealed class JointEncoder(ParameterLayout layout, ModelSpec spec)
{
    private readonly EncoderBlock[] blocks =
        [.. Enumerable.Range(0, spec.Layers).Select(i => new EncoderBlock(layout, $"blocks.{i}", spec.Width, spec.Heads, spec.MlpRatio, depth: spec.Layers > 1 ? i / (spec.Layers - 1.0) : 1))];

    private readonly GroupLayerNorm norm = new(layout, "norm", spec.Width);

    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        foreach (var block in blocks)
        {
            x_KRD = block.Forward(parameters, x_KRD, batch, noise);
        }

        return norm.Forward(parameters, x_KRD);
    }
}
