using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>About how much memory a training takes: arithmetic over the shapes, before anything is measured.</summary>
/// <param name="Volumes">Bytes of the splits' voxels.</param>
/// <param name="OnDevice">Bytes of the splits on the device: cut into patches, but whole where patches overlap, and whole for training where volumes are changed first.</param>
/// <param name="Parameters">Numbers that a member learns; exact.</param>
/// <param name="State">Bytes of a member's weights, gradients and optimiser state.</param>
/// <param name="Activations">Bytes that a member's step keeps for its backward pass.</param>
internal sealed record MemoryEstimate(long Volumes, long OnDevice, long Parameters, long State, long Activations)
{
    public static MemoryEstimate Of(ExperimentSpec spec, DataSetInfo info, PatchGeometry geometry)
    {
        var (model, training) = (spec.Model, spec.Training);
        var (train, others) = ((long)PlannedGroup.Samples(spec, info.Splits.Train), (long)PlannedGroup.Samples(spec, info.Splits.Validation) + PlannedGroup.Samples(spec, info.Splits.Test));
        var (whole, cut) = ((long)info.Size * info.Size * info.Size, (long)geometry.Tokens * geometry.Voxels);
        var kept = Overlaps(geometry) ? whole : cut;
        var parameters = ParametersOf(model, geometry, info.Classes);
        return new(
            (train + others) * whole, (train * (training.Augmentation.IsOff ? kept : whole)) + (others * kept), parameters, parameters * BytesAParameter(training),
            4 * Math.Min(training.BatchSize, train) * NumbersKept(model, geometry));
    }

    private static bool Overlaps(PatchGeometry geometry) =>
        (geometry.Tubelets && geometry.Time.Stride < geometry.Time.Patch) || geometry.Height.Stride < geometry.Height.Patch || geometry.Width.Stride < geometry.Width.Patch;

    // D width; r hidden width over D. A block: two norms (2 · 2D), attention (4 D² + 4 D), MLP (2 r D² + r D + D).
    private static long ParametersOf(ModelSpec model, PatchGeometry geometry, int classes)
    {
        long d = model.Width;
        var (norm, attention, mlp) = (2 * d, (4 * d * d) + (4 * d), (2 * model.MlpRatio * d * d) + (model.MlpRatio * d) + d);
        var block = (2 * norm) + attention + mlp;
        var encoder = model.Encoder switch
        {
            EncoderKind.FactorisedEncoder => ((model.Layers + model.TemporalLayers) * block) + norm + (geometry.Time.Count * d),
            EncoderKind.FactorisedSelfAttention => model.Layers * (block + norm + attention),
            _ => model.Layers * block,
        };
        return (geometry.Voxels * d) + d + (geometry.Tokens * d) + encoder + norm + ClassTokens(model) + LearnedTokens(model) + (d * classes) + classes;
    }

    private static long ClassTokens(ModelSpec model) => model.Pooling == Pooling.Mean ? 0 : model.Encoder == EncoderKind.FactorisedEncoder ? 2 * model.Width : model.Width;

    // A TokenLearner: a norm, and four 3 x 3 x 3 convolutions (v1) or an MLP of 64 hidden units (v1.1). A TokenFuser: three norms, a mixing matrix, such an MLP.
    private static long LearnedTokens(ModelSpec model)
    {
        var learner = model.TokenLearner;
        if (learner.Form == TokenLearnerForm.None) return 0;
        long d = model.Width, s = learner.Tokens, norm = 2 * d, mlp = (64 * d) + 64 + (64 * s) + s;
        var one = norm + (learner.Form == TokenLearnerForm.V1 ? (27 * d * s) + (3 * 27 * s * s) : mlp);
        return learner.Fuser ? (model.Layers - (learner.AfterLayer ?? model.Layers / 2)) * (one + (3 * norm) + (s * s) + s + mlp) : one;
    }

    // float32 value and gradient; the optimiser's one or two; the average; bfloat16 value and gradient.
    private static int BytesAParameter(TrainingSpec training) =>
        8 + (training.Optimiser == Optimiser.Sgd ? 4 : 8) + (training.WeightAverage is null ? 0 : 4) + (training.Precision == Precision.Mixed ? 4 : 0);

    // For each sample: inputs of norms, products and activations, (8 + 2 r) D a token and block; attention weights before and after dropout and its mask.
    private static long NumbersKept(ModelSpec model, PatchGeometry geometry)
    {
        long tokens = geometry.Tokens, indices = geometry.Time.Count, places = tokens / indices;
        var perToken = (8L + (2 * model.MlpRatio)) * model.Width;
        long Block(long count, long pairs) => (count * perToken) + (3 * model.Heads * pairs);
        var attention = 4L * model.Width * tokens;
        return model.Encoder switch
        {
            EncoderKind.FactorisedEncoder => (model.Layers * Block(tokens, tokens * places)) + (model.TemporalLayers * Block(indices, indices * indices)),
            EncoderKind.FactorisedSelfAttention => model.Layers * (Block(tokens, (tokens * places) + (tokens * indices)) + attention),
            EncoderKind.FactorisedDotProduct => model.Layers * Block(tokens, ((tokens * places) + (tokens * indices)) / 2),
            _ when model.TokenLearner is { Form: not TokenLearnerForm.None } learner => Learned(learner.AfterLayer ?? model.Layers / 2, learner.Tokens),
            _ => model.Layers * Block(tokens, tokens * tokens),
        };

        long Learned(int before, long learned) => (before * Block(tokens, tokens * tokens)) + ((model.Layers - before) * Block(learned, learned * learned));
    }
}
