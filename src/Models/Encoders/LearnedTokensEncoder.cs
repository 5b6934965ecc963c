using ViViT.Contracts.Specs;
using ViViT.Models.Blocks;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Models.Encoders;

/// <summary>
/// Joint attention with TokenLearner: blocks over all tokens, then blocks over few learned ones, a final norm and the mean. Without a
/// TokenFuser the tokens are learned once and stay few; with it every later block works on tokens of its own, which are fused back
/// and added to all places (Ryoo et al. 2021, figure 4).
/// </summary>
internal sealed class LearnedTokensEncoder : Encoder
{
    private readonly long width;
    private readonly EncoderBlock[] blocks;
    private readonly int after;
    private readonly TokenLearner[] learners;
    private readonly TokenFuser[] fusers;
    private readonly GroupLayerNorm norm;

    /// <exception cref="ArgumentException">There is no block after TokenLearner.</exception>
    public LearnedTokensEncoder(ParameterLayout layout, ModelSpec spec, PatchGeometry geometry)
    {
        var learner = spec.TokenLearner;
        after = learner.AfterLayer ?? spec.Layers / 2;
        if (after < 0 || after >= spec.Layers || learner.Tokens < 1)
        {
            throw new ArgumentException($"TokenLearner with {learner.Tokens} tokens after layer {after} of {spec.Layers} leaves it nothing to do.", nameof(spec));
        }

        width = spec.Width;
        blocks = EncoderBlock.Stack(layout, "blocks", spec.Layers, spec, geometry.Time.Count, ("attention", [AttentionSpan.Joint]));
        learners = [.. Enumerable.Range(after, learner.Fuser ? spec.Layers - after : 1).Select(i => new TokenLearner(layout, $"token_learners.{i}", learner, geometry, width))];
        fusers = learner.Fuser ? [.. Enumerable.Range(after, spec.Layers - after).Select(i => new TokenFuser(layout, $"token_fusers.{i}", learner, width))] : [];
        norm = new GroupLayerNorm(layout, "norm", width);
    }

    public override Tensor Forward(FlatParameters parameters, Tensor x_KRD, long batch, ModelNoise? noise)
    {
        foreach (var (i, block) in blocks.Index())
        {
            var later = i - after;
            var few_KRD = later >= 0 && later < learners.Length ? learners[later].Forward(parameters, x_KRD, batch) : x_KRD;
            few_KRD = block.Forward(parameters, few_KRD, batch, noise);
            x_KRD = later >= 0 && later < fusers.Length ? x_KRD.add(fusers[later].Forward(parameters, few_KRD, x_KRD, batch)) : few_KRD;
        }

        return norm.Forward(parameters, x_KRD).view(parameters.Members, -1, batch, width).mean([1]);
    }
}
