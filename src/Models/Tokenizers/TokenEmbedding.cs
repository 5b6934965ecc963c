using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Tokenizers;

/// <summary>
/// Patches to tokens: scaled from [0, 255] to [0, 1], projected to the token width, a learned position added. A convolution whose stride
/// is its kernel sees each voxel once, so it is this one matrix product.
/// </summary>
/// <remarks>
/// As in Keras: the projection starts Glorot-uniform with a convolution's fans (V · 1 channel and V · D), the positions uniform in
/// [-0.05, 0.05) (Embedding's default).
/// </remarks>
internal sealed class TokenEmbedding(ParameterLayout layout, PatchGrid grid, ModelSpec spec)
{
    private readonly GroupLinear projection = new(layout, "embedding", grid.Voxels, spec.Width, Kernel(grid.Geometry, spec));
    private readonly ParameterSlot positions = layout.Add("positions", Initial.Uniform(0.05), grid.Tokens, spec.Width);

    /// <param name="patches_KNBV">[K, N, B, V], uint8, or float32 in [0, 1].</param>
    /// <returns>[K, N · B, D], token by token.</returns>
    public Tensor Forward(FlatParameters parameters, Tensor patches_KNBV)
    {
        var shape = patches_KNBV.shape;
        var (members, tokens, batch) = (shape[0], shape[1], shape[2]);
        var scaled_KNBV = patches_KNBV.dtype == ScalarType.Float32 ? patches_KNBV : patches_KNBV.to(ScalarType.Float32).mul_(1.0 / 255);
        var scaled_KRV = scaled_KNBV.reshape(members, tokens * batch, grid.Voxels);
        var tokens_KNBD = projection.Forward(parameters, scaled_KRV).view(members, tokens, batch, spec.Width);
        return tokens_KNBD.add(parameters[positions].unsqueeze(2)).view(members, tokens * batch, spec.Width);
    }

    private static Initial Kernel(PatchGeometry geometry, ModelSpec spec)
    {
        var (frames, places) = (geometry.Time.Patch, (long)geometry.Height.Patch * geometry.Width.Patch);
        return (geometry.Tubelets ? spec.TubeletInitialisation : TubeletInitialisation.Random) switch
        {
            TubeletInitialisation.FilterInflation => Initial.FilterInflation(Glorot(places), frames),
            TubeletInitialisation.CentralFrame => Initial.CentralFrame(Glorot(places), frames),
            _ => Glorot(geometry.Voxels),
        };

        Initial Glorot(long voxels) => Initial.GlorotUniform(voxels, voxels * spec.Width);
    }
}
