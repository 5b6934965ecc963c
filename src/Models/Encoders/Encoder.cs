using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>Turns the tokens of each sample into one vector.</summary>
internal abstract class Encoder
{
    /// <param name="x_KRD">[K, N · B, D], token by token, tokens in the order (time, place); positions are added.</param>
    /// <param name="noise">Null outside training.</param>
    /// <returns>[K, B, D].</returns>
    public abstract Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise);

    /// <param name="geometry">Where the tokens come from.</param>
    /// <exception cref="ArgumentException">The settings do not go together.</exception>
    public static Encoder Create(ParameterLayout layout, ModelSpec spec, PatchGeometry geometry)
    {
        if (spec.Pooling == Pooling.ClassToken && spec.Encoder is not (EncoderKind.SpatioTemporal or EncoderKind.FactorisedEncoder))
        {
            throw new ArgumentException($"A class token has no place and no time, so that {spec.Encoder} cannot have one.", nameof(spec));
        }

        if (spec.TokenLearner.Form != TokenLearnerForm.None && (spec.Encoder != EncoderKind.SpatioTemporal || spec.Pooling != Pooling.Mean))
        {
            throw new ArgumentException("TokenLearner is for the spatio-temporal encoder with mean pooling.", nameof(spec));
        }

        return spec.Encoder switch
        {
            EncoderKind.SpatioTemporal when spec.TokenLearner.Form != TokenLearnerForm.None => new LearnedTokensEncoder(layout, spec, geometry),
            EncoderKind.SpatioTemporal => new SpatioTemporalEncoder(layout, spec, geometry),
            EncoderKind.FactorisedEncoder => new FactorisedEncoder(layout, spec, geometry),
            EncoderKind.FactorisedSelfAttention => new FactorisedBlocksEncoder(layout, spec, geometry, ("space", [AttentionSpan.Space]), ("time", [AttentionSpan.Time])),
            EncoderKind.FactorisedDotProduct when spec.Heads % 2 == 0 => new FactorisedBlocksEncoder(layout, spec, geometry, ("attention", [AttentionSpan.Space, AttentionSpan.Time])),
            EncoderKind.FactorisedDotProduct => throw new ArgumentException($"{spec.Heads} heads cannot be halved between space and time.", nameof(spec)),
            var unknown => throw new ArgumentException($"{unknown} is no known encoder.", nameof(spec)),
        };
    }
}
