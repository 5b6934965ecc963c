namespace ViViT.Contracts.Specs.Rules;

/// <summary>Where a TokenLearner can stand and what it needs.</summary>
internal static class TokenLearnerRules
{
    private const int MostTokens = 1024;

    public static IEnumerable<SpecProblem> Check(ModelSpec model)
    {
        var learner = model.TokenLearner;
        var on = learner.Form != TokenLearnerForm.None;
        return
        [
            .. Rule.Unless(learner.Tokens is >= 1 and <= MostTokens, "model.token_learner.tokens", $"{learner.Tokens} tokens cannot be learned", $"Give 1 to {MostTokens}."),
            .. Rule.Unless(!on || model.Encoder == EncoderKind.SpatioTemporal, "model.token_learner.form",
                "learned tokens have no place in space or time, which a factorised encoder needs", "Give form none, or encoder spatio_temporal."),
            .. Rule.Unless(!on || model.Pooling == Pooling.Mean, "model.token_learner.form", "TokenLearner has no place for a class token", "Give form none, or pooling mean."),
            .. on && learner.AfterLayer is { } after ? Depth(after, model.Layers) : [],
        ];
    }

    /// <summary>A fuser may stand beside the form none where a sweep compares with and without, but not where nothing ever learns tokens.</summary>
    public static IEnumerable<SpecProblem> CheckSweep(SweepSpec sweep)
    {
        var learner = sweep.Experiment.Model.TokenLearner;
        var fuses = learner.Fuser || sweep.Grid.ContainsKey("model.token_learner.fuser");
        var learns = learner.Form != TokenLearnerForm.None || sweep.Grid.ContainsKey("model.token_learner.form");
        return Rule.Unless(learns || !fuses, "model.token_learner.fuser", "without a TokenLearner there is nothing to fuse", "Give model.token_learner.form v1 or v1.1, or fuser false.");
    }

    // At least one block works on the learned tokens.
    private static IEnumerable<SpecProblem> Depth(int after, int layers) => Rule.Unless(
        after >= 0 && after < layers, "model.token_learner.after_layer", $"after {after} of {layers} blocks there is none left for the learned tokens", $"Give 0 to {layers - 1}, or leave it out: the middle.");
}
