using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Blocks;

/// <summary>
/// TokenFuser (Ryoo et al. 2021, section 2.3): mixes S learned tokens by a learned S x S matrix, then gives each of the N places a sum of
/// them, weighted by a sigmoid of an MLP of the place's token before TokenLearner. Norms around the mixing, and its start at zero, so that a fused
/// block starts as the identity, are the authors' code's (scenic, projects/token_learner).
/// </summary>
internal sealed class TokenFuser(ParameterLayout layout, string name, TokenLearnerSpec spec, long width)
{
    private const int Bottleneck = 64;

    private readonly GroupLayerNorm learnedNorm = new(layout, $"{name}.learned_norm", width);
    private readonly GroupLinear mixing = new(layout, $"{name}.mixing", spec.Tokens, spec.Tokens, Initial.Zeros);
    private readonly GroupLayerNorm mixedNorm = new(layout, $"{name}.mixed_norm", width);
    private readonly GroupLayerNorm placeNorm = new(layout, $"{name}.place_norm", width);
    private readonly Mlp mlp = new(layout, $"{name}.mlp", width, Bottleneck, spec.Tokens, MlpForm.Standard);

    /// <param name="learned_KRD">[K, S · B, D], token by token.</param>
    /// <param name="original_KRD">[K, N · B, D], what TokenLearner had.</param>
    /// <returns>[K, N · B, D].</returns>
    public Tensor Forward(FlatParameters parameters, Tensor learned_KRD, Tensor original_KRD, long batch)
    {
        var members = learned_KRD.shape[0];
        var tokens_KCS = learnedNorm.Forward(parameters, learned_KRD).view(members, spec.Tokens, batch * width).transpose(1, 2);
        var mixed_KRD = mixing.Forward(parameters, tokens_KCS).transpose(1, 2).reshape(members, spec.Tokens * batch, width).to(ScalarType.Float32);
        var mixed_GSD = BySample(mixedNorm.Forward(parameters, mixed_KRD), width);
        var shares_GNS = BySample(mlp.Forward(parameters, placeNorm.Forward(parameters, original_KRD)).to(ScalarType.Float32), spec.Tokens).sigmoid();
        return shares_GNS.bmm(mixed_GSD).view(members, batch, -1, width).transpose(1, 2).reshape(members, -1, width);

        // [K · B, rows of a sample, columns].
        Tensor BySample(Tensor y_KRC, long columns) => y_KRC.view(members, -1, batch, columns).transpose(1, 2).flatten(0, 1);
    }
}
