using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>What the encoder makes of the tokens, and where it has nothing to do.</summary>
internal static class ModelNotes
{
    public static IEnumerable<string> Of(ModelSpec model, PatchGeometry geometry) =>
        [.. Encoder(model, geometry), .. ClassToken(model, geometry), .. OneToken(model, geometry), .. TokenLearner(model, geometry), .. Unused(model)];

    private static IEnumerable<string> Encoder(ModelSpec model, PatchGeometry geometry)
    {
        if (model.Encoder == EncoderKind.SpatioTemporal) yield break;
        var (indices, places) = (geometry.Time.Count, Places(geometry));
        yield return model.Encoder switch
        {
            EncoderKind.FactorisedEncoder => $"{model.Layers} blocks over the {places} places of each of {indices} temporal indices, then {model.TemporalLayers} over the {indices}",
            EncoderKind.FactorisedSelfAttention => $"each block attends over {places} places, then over {indices} temporal indices",
            _ => $"{model.Heads / 2} heads attend over {places} places, {model.Heads / 2} over {indices} temporal indices",
        };
        if (indices == 1) yield return "with one temporal index attention over time has nothing to do";
        if (places == 1) yield return "with one place attention over space has nothing to do";
    }

    private static IEnumerable<string> ClassToken(ModelSpec model, PatchGeometry geometry)
    {
        if (model.Pooling != Pooling.ClassToken) yield break;
        yield return model.Encoder == EncoderKind.FactorisedEncoder
            ? $"a class token joins the {Places(geometry)} tokens of each temporal index, another the {geometry.Time.Count} of time"
            : $"a class token joins the {Tokens(geometry.Tokens)}";
    }

    private static IEnumerable<string> OneToken(ModelSpec model, PatchGeometry geometry)
    {
        if (geometry.Tokens > 1) yield break;
        yield return $"a patch of {model.Patch} leaves one token of a {geometry.Size}-cube: there is nothing to attend to{More(model, geometry)}";
    }

    private static IEnumerable<string> TokenLearner(ModelSpec model, PatchGeometry geometry)
    {
        var learner = model.TokenLearner;
        if (learner.Form == TokenLearnerForm.None) yield break;
        var back = learner.Fuser ? "; every later block learns tokens of its own, which TokenFuser gives back to all places" : "";
        yield return $"after block {learner.AfterLayer ?? model.Layers / 2} TokenLearner makes {Tokens(learner.Tokens)} of {geometry.Tokens}{back}";
        if (geometry.Tokens == 1) yield return "a TokenLearner on one token has nothing to select";
        else if (learner.Tokens >= geometry.Tokens) yield return "it saves nothing: it learns at least as many tokens as there are";
    }

    private static IEnumerable<string> Unused(ModelSpec model)
    {
        if (model is { Tokenizer: Tokenizer.UniformFrameSampling, TubeletInitialisation: not TubeletInitialisation.Random }) yield return "tubelet_initialisation is not used by frame sampling";
    }

    // Padding keeps what cropping drops.
    private static string More(ModelSpec model, PatchGeometry geometry)
    {
        var padded = new PatchGeometry(model with { Fit = VolumeFit.Pad }, geometry.Size).Tokens;
        return padded > geometry.Tokens ? $" (fit: pad gives {padded})" : "";
    }

    private static int Places(PatchGeometry geometry) => geometry.Height.Count * geometry.Width.Count;

    private static string Tokens(int count) => count == 1 ? "1 token" : $"{count} tokens";
}
