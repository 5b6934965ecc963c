using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// TokenLearner (Ryoo et al. 2021, "TokenLearner: Adaptive Space-Time Tokenization for Videos"): S tokens, each a weighting of all N places
/// of a sample. Maps come from the normalised tokens: v1 by four convolutions without bias, GELU between them and a sigmoid after the last,
/// and a token is the mean over places, weighted by its map; v1.1 by a two-layer MLP and a softmax over places, and a token is the sum.
/// </summary>
/// <remarks>
/// Layers and widths are those of the authors' code (scenic, projects/token_learner); on volumes the places are (t, h, w) and the
/// convolutions 3 x 3 x 3. Their code sums in v1 where the paper takes the mean, as we do. GELU is the exact one.
/// </remarks>
internal sealed class TokenLearner
{
    private const int Bottleneck = 64;

    private readonly long width;
    private readonly GroupLayerNorm norm;
    private readonly GroupConvolution[] convolutions = [];
    private readonly Mlp? mlp;

    public TokenLearner(ParameterLayout layout, string name, TokenLearnerSpec spec, PatchGeometry geometry, long width)
    {
        this.width = width;
        norm = new GroupLayerNorm(layout, $"{name}.norm", width);
        if (spec.Form == TokenLearnerForm.V1)
        {
            convolutions = [.. Enumerable.Range(0, 4).Select(i => new GroupConvolution(layout, $"{name}.convolutions.{i}", geometry, i == 0 ? width : spec.Tokens, spec.Tokens))];
        }
        else
        {
            mlp = new Mlp(layout, $"{name}.mlp", width, Bottleneck, spec.Tokens, MlpForm.Standard);
        }
    }

    /// <param name="x_KRD">[K, N · B, D], token by token.</param>
    /// <returns>[K, S · B, D], token by token.</returns>
    public Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch)
    {
        var members = x_KRD.shape[0];
        var x_GND = x_KRD.view(members, -1, batch, width).transpose(1, 2).flatten(0, 1);
        var maps_GSN = Maps(parameters, norm.Forward(parameters, x_KRD), batch);
        return maps_GSN.bmm(x_GND).view(members, batch, -1, width).transpose(1, 2).reshape(members, -1, width);
    }

    // [K · B, S, N]; what a place weighs in a token.
    private Tensor Maps(FlatParameters parameters, Tensor x_KRD, long batch)
    {
        if (mlp is not null)
        {
            return BySample(mlp.Forward(parameters, x_KRD)).softmax(-1, ScalarType.Float32);
        }

        foreach (var (i, convolution) in convolutions.Index())
        {
            x_KRD = convolution.Forward(parameters, i == 0 ? x_KRD : x_KRD.gelu(), batch);
        }

        var maps_GSN = BySample(x_KRD).to(ScalarType.Float32).sigmoid();
        return maps_GSN.mul(1.0 / maps_GSN.shape[2]);

        Tensor BySample(Tensor y_KRS) => y_KRS.view(y_KRS.shape[0], -1, batch, y_KRS.shape[2]).permute(0, 2, 3, 1).flatten(0, 1);
    }
}
