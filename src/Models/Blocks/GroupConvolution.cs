using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// A 3 x 3 x 3 convolution of K members over the token map (t, h, w), stride 1, zeros outside, no bias: each token's 27 neighbours are
/// laid side by side, then one product. Weight [27 · in, out], neighbours in the order (t, h, w).
/// </summary>
internal sealed class GroupConvolution(ParameterLayout layout, string name, PatchGeometry geometry, long inputs, long outputs)
{
    private const int Neighbours = 27;

    private readonly ParameterSlot weight = layout.Add($"{name}.weight", Initial.GlorotUniform(Neighbours * inputs, Neighbours * outputs), Neighbours * inputs, outputs);

    /// <param name="x_KRI">[K, N · B, inputs], token by token.</param>
    /// <returns>[K, N · B, outputs]; bfloat16 in mixed precision.</returns>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRI, long batch)
    {
        var (members, rows) = (x_KRI.shape[0], x_KRI.shape[1]);
        var factor_KIO = parameters.Factor(weight);
        var map_KthwBI = x_KRI.to(factor_KIO.dtype).view(members, geometry.Time.Count, geometry.Height.Count, geometry.Width.Count, batch, inputs);

        // Each unfold appends an axis of three neighbours. No gather by index: the gradient of one adds up in no fixed order on a GPU.
        var around = nn.functional.pad(map_KthwBI, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]).unfold(1, 3, 1).unfold(2, 3, 1).unfold(3, 3, 1);
        return around.permute(0, 1, 2, 3, 4, 6, 7, 8, 5).reshape(members, rows, Neighbours * inputs).bmm(factor_KIO);
    }
}
