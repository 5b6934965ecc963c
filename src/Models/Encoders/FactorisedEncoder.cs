using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>
/// Model 2 of Arnab et al. 2021 (figure 4): a spatial encoder turns the tokens of each temporal index into one vector; a temporal encoder,
/// with positions of its own, turns those into one. Late fusion of time.
/// </summary>
/// <remarks>S = nt temporal indices, ns places of each.</remarks>
internal sealed class FactorisedEncoder(ParameterLayout layout, ModelSpec spec, PatchGeometry geometry) : Encoder
{
    private readonly long frames = geometry.Time.Count;
    private readonly TokenPooling spatialPooling = new(layout, "spatial.", spec);

    private readonly EncoderBlock[] spatialBlocks =
        EncoderBlock.Stack(layout, "spatial.blocks", spec.Layers, spec, geometry.Time.Count, ("attention", [AttentionSpan.Space]));

    private readonly GroupLayerNorm spatialNorm = new(layout, "spatial.norm", spec.Width);
    private readonly ParameterSlot positions = layout.Add("temporal.positions", Initial.Uniform(0.05), geometry.Time.Count, spec.Width);
    private readonly TokenPooling temporalPooling = new(layout, "temporal.", spec);

    private readonly EncoderBlock[] temporalBlocks =
        EncoderBlock.Stack(layout, "temporal.blocks", spec.TemporalLayers, spec, geometry.Time.Count, ("attention", [AttentionSpan.Joint]));

    private readonly GroupLayerNorm temporalNorm = new(layout, "temporal.norm", spec.Width);

    public override Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        var members = parameters.Members;
        var x_KSRD = spatialPooling.Prepend(parameters, x_KRD.view(members, frames, -1, spec.Width), batch);
        x_KRD = Encode(spatialBlocks, spatialNorm, x_KSRD.flatten(1, 2));
        var frames_KSBD = spatialPooling.Pool(x_KRD.view(members, frames, -1, spec.Width), batch).add(parameters[positions].unsqueeze(2));
        x_KRD = temporalPooling.Prepend(parameters, frames_KSBD.flatten(1, 2).unsqueeze(1), batch).squeeze(1);
        return temporalPooling.Pool(Encode(temporalBlocks, temporalNorm, x_KRD).unsqueeze(1), batch).squeeze(1);

        Tensor Encode(EncoderBlock[] blocks, GroupLayerNorm norm, Tensor encoded_KRD)
        {
            foreach (var block in blocks)
            {
                encoded_KRD = block.Forward(parameters, encoded_KRD, batch, noise);
            }

            return norm.Forward(parameters, encoded_KRD);
        }
    }
}
