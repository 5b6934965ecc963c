using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>Which tokens attend to each other.</summary>
internal enum AttentionSpan
{
    /// <summary>All tokens of a sample.</summary>
    Joint,

    /// <summary>Those of one temporal index.</summary>
    Space,

    /// <summary>Those of one place.</summary>
    Time,
}

/// <summary>
/// Multi-head self-attention (Vaswani et al. 2017). Query, key and value come from one product; its columns are ordered
/// (head, query | key | value, d), and rows run token by token. The heads are shared out evenly between the spans: one span is the
/// common form, two are the factorised dot-product attention of Arnab et al. 2021 (model 4).
/// </summary>
/// <remarks>
/// K members, R rows, D width, H heads of a span, d of a head. Whatever the span, rows factor into (outer, tokens, inner), and the tokens of
/// each (outer, inner) attend to each other: joint (1, N, B), space (nt, N / nt, B), time (1, nt, N / nt · B).
/// Weights start as Keras' MultiHeadAttention starts them: Glorot-uniform with the fans that Keras reads off its kernels, which are
/// D · H and D · d for the shape (D, H, d), and H · d and H · D for the output's (H, d, D).
/// </remarks>
/// <param name="frames">Temporal indices: nt.</param>
internal sealed class SelfAttention(ParameterLayout layout, string name, long width, long heads, long frames, params AttentionSpan[] spans)
{
    private readonly GroupLinear qkv = new(layout, $"{name}.qkv", width, 3 * width, Initial.GlorotUniform(width * heads, width * (width / heads)));
    private readonly GroupLinear output = new(layout, $"{name}.output", width, width, Initial.GlorotUniform(width, width * heads));
    private readonly double scale = 1 / Math.Sqrt((double)width / heads);

    /// <param name="x_KRD">[K, N · B, D], token by token; tokens in the order (time, place).</param>
    /// <param name="noise">Null outside training.</param>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        var (members, rows, count) = (x_KRD.shape[0], x_KRD.shape[1], heads / spans.Length);
        var qkv_KRHcd = qkv.Forward(parameters, x_KRD).view(members, rows, heads, 3, width / heads);
        var mixed = spans.Select((span, i) => Attend(spans.Length == 1 ? qkv_KRHcd : qkv_KRHcd.narrow(2, i * count, count), span, batch, noise)).ToArray();
        return output.Forward(parameters, mixed.Length == 1 ? mixed[0] : cat(mixed, -1));
    }

    private Tensor Attend(Tensor qkv_KRHcd, AttentionSpan span, long batch, ModelNoise? noise)
    {
        var shape = qkv_KRHcd.shape;
        var (members, rows, count, head) = (shape[0], shape[1], shape[2], shape[4]);
        var (outer, tokens) = span switch
        {
            AttentionSpan.Space => (frames, rows / batch / frames),
            AttentionSpan.Time => (1, frames),
            _ => (1, rows / batch),
        };
        var inner = rows / outer / tokens;

        var parts = qkv_KRHcd.unbind(3);
        var q_GNd = Groups(parts[0]).mul(scale);
        var k_GNd = Groups(parts[1]);
        var v_GNd = Groups(parts[2]);

        var weights_GNN = q_GNd.bmm(k_GNd.transpose(1, 2)).softmax(-1, ScalarType.Float32);
        weights_GNN = noise?.DropAttention(weights_GNN, count) ?? weights_GNN;
        return weights_GNN.to(v_GNd.dtype).bmm(v_GNd)
            .view(members, outer, inner, count, tokens, head).permute(0, 1, 4, 2, 3, 5).reshape(members, rows, count * head);

        // G = K · outer · inner · H. A copy: products of strided matrices cost more than it does.
        Tensor Groups(Tensor part_KRHd) =>
            part_KRHd.view(members, outer, tokens, inner, count, head).permute(0, 1, 3, 4, 2, 5).reshape(-1, tokens, head).contiguous();
    }
}
