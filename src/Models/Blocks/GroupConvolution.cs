using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// A 3 x 3 x 3 convolution of K members over the token map (t, h, w), stride 1, zeros outside, no bias: each token's 27 neighbours are
/// gathered, then one product. Weight [27 · in, out], neighbours in the order (t, h, w).
/// </summary>
internal sealed class GroupConvolution(ParameterLayout layout, string name, PatchGeometry geometry, long inputs, long outputs)
{
    private const int Neighbours = 27;

    private readonly ParameterSlot weight = layout.Add($"{name}.weight", Initial.GlorotUniform(Neighbours * inputs, Neighbours * outputs), Neighbours * inputs, outputs);
    private readonly long[] neighbours = NeighboursOf(geometry.Time.Count, geometry.Height.Count, geometry.Width.Count);

    /// <param name="x_KRI">[K, N · B, inputs], token by token.</param>
    /// <returns>[K, N · B, outputs]; bfloat16 in mixed precision.</returns>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRI, long batch)
    {
        var (members, rows) = (x_KRI.shape[0], x_KRI.shape[1]);
        var factor_KIO = parameters.Factor(weight);
        var outside_K1BI = zeros([members, 1, batch, inputs], factor_KIO.dtype, x_KRI.device);
        var padded_KMBI = cat([x_KRI.to(factor_KIO.dtype).view(members, -1, batch, inputs), outside_K1BI], 1);
        var gathered_KRI = padded_KMBI.index_select(1, tensor(neighbours).to(x_KRI.device))
            .view(members, rows / batch, Neighbours, batch, inputs).transpose(2, 3).reshape(members, rows, Neighbours * inputs);
        return gathered_KRI.bmm(factor_KIO);
    }

    // For each token the numbers of its neighbours; the number after the last token's stands for the outside.
    private static long[] NeighboursOf(int times, int heights, int widths)
    {
        var around = new List<long>();
        for (var token = 0; token < times * heights * widths; token++)
        {
            var (t, h, w) = (token / (heights * widths), token / widths % heights, token % widths);
            for (var offset = 0; offset < Neighbours; offset++)
            {
                var (nt, nh, nw) = (t + (offset / 9) - 1, h + (offset / 3 % 3) - 1, w + (offset % 3) - 1);
                var inside = nt >= 0 && nt < times && nh >= 0 && nh < heights && nw >= 0 && nw < widths;
                around.Add(inside ? (((nt * heights) + nh) * widths) + nw : times * heights * widths);
            }
        }

        return [.. around];
    }
}
