namespace ViViT.Contracts.Specs.Rules;

/// <summary>Widths, heads and layers, and which encoder allows what.</summary>
internal static class EncoderRules
{
    public static IEnumerable<SpecProblem> Check(ModelSpec model) =>
    [
        .. Rule.Positive("model.width", model.Width),
        .. Rule.Positive("model.layers", model.Layers),
        .. Rule.Positive("model.temporal_layers", model.TemporalLayers),
        .. Rule.Positive("model.heads", model.Heads),
        .. Rule.Positive("model.mlp_ratio", model.MlpRatio),
        .. Rule.Unless(model.Heads < 1 || model.Width % model.Heads == 0, "model.heads", $"{model.Heads} heads do not divide a width of {model.Width}",
            "Choose a width that is a multiple of the heads."),
        .. Rule.Unless(model.Encoder != EncoderKind.FactorisedDotProduct || model.Heads % 2 == 0, "model.heads",
            $"{model.Heads} heads cannot be shared equally between space and time", "Give factorised_dot_product an even number of heads."),
        .. Rule.Unless(model.Pooling != Pooling.ClassToken || model.Encoder is EncoderKind.SpatioTemporal or EncoderKind.FactorisedEncoder, "model.pooling",
            "only spatio_temporal and factorised_encoder have a class token", "Give mean, or one of these encoders."),
        .. Rule.Below1("model.dropout", model.Dropout, "probability of dropping"),
        .. Rule.Below1("model.stochastic_depth", model.StochasticDepth, "probability of skipping"),
    ];
}
