using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// Multi-head self-attention (Vaswani et al. 2017) over the tokens of each sample. Query, key and value come from one product; its
/// columns are ordered (head, query | key | value, d), and rows run token by token.
/// </summary>
/// <remarks>
/// K members, N tokens, B batch, R = N · B rows, D width, H heads, d = D / H.
/// Weights start as Keras' MultiHeadAttention starts them: Glorot-uniform with the fans that Keras reads off its kernels, which are
/// D · H and D · d for the shape (D, H, d), and H · d and H · D for the output's (H, d, D).
/// </remarks>
internal sealed class SelfAttention(ParameterLayout layout, string name, long width, long heads)
{
    private readonly GroupLinear qkv = new(layout, $"{name}.qkv", width, 3 * width, Initial.GlorotUniform(width * heads, width * (width / heads)));
    private readonly GroupLinear output = new(layout, $"{name}.output", width, width, Initial.GlorotUniform(width, width * heads));
    private readonly double scale = 1 / Math.Sqrt((double)width / heads);

    /// <param name="x_KRD">[K, N · B, D], token by token.</param>
    /// <param name="noise">Null outside training.</param>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        var (members, rows) = (x_KRD.shape[0], x_KRD.shape[1]);
        var (tokens, head) = (rows / batch, width / heads);

        // (K, N, B·H, d) three times.
        var parts = qkv.Forward(parameters, x_KRD).view(members, tokens, batch * heads, 3, head).unbind(3);
        var q_GNd = Groups(parts[0]).mul(scale);
        var k_GNd = Groups(parts[1]);
        var v_GNd = Groups(parts[2]);

        var weights_GNN = q_GNd.bmm(k_GNd.transpose(1, 2)).softmax(-1, ScalarType.Float32);
        weights_GNN = noise?.DropAttention(weights_GNN) ?? weights_GNN;
        var mixed_KRD = weights_GNN.to(v_GNd.dtype).bmm(v_GNd).view(members, batch * heads, tokens, head).transpose(1, 2).reshape(members, rows, width);
        return output.Forward(parameters, mixed_KRD);

        // A copy: products of strided matrices cost more than it does.
        Tensor Groups(Tensor part_KNGd) => part_KNGd.transpose(1, 2).reshape(members * batch * heads, tokens, head).contiguous();
    }
}
