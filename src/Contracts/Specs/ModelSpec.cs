using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>A video vision transformer (Arnab et al. 2021, "ViViT: A Video Vision Transformer"): tokenizer, encoder, pooling, dense head.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ModelSpec
{
    public Tokenizer Tokenizer { get; init; } = Tokenizer.Tubelet;

    /// <summary>Patch extents in voxels.</summary>
    public Patch Patch { get; init; } = new(8, 8, 8);

    /// <summary>Voxels from one patch to the next along each axis; the patch itself (no overlap) when null.</summary>
    public Patch? Stride { get; init; }

    public VolumeFit Fit { get; init; } = VolumeFit.Crop;

    /// <summary>Used by uniform frame sampling only.</summary>
    public FrameOffset FrameOffset { get; init; } = FrameOffset.Patch;

    /// <summary>Used by tubelets only.</summary>
    public TubeletInitialisation TubeletInitialisation { get; init; } = TubeletInitialisation.Random;

    public EncoderKind Encoder { get; init; } = EncoderKind.SpatioTemporal;

    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Token width D.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Pre-norm transformer blocks; of the factorised encoder, those of its spatial part.</summary>
    public int Layers { get; init; } = 8;

    /// <summary>Blocks of the factorised encoder's temporal part (the paper takes 4); other encoders have none.</summary>
    public int TemporalLayers { get; init; } = 4;

    /// <summary>Attention heads; divides the width.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Hidden width of the MLP over the token width.</summary>
    public int MlpRatio { get; init; } = 4;

    public MlpForm Mlp { get; init; } = MlpForm.Standard;

    /// <summary>Dropout probability on the attention weights.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// Probability that a sample skips the last block's residual branches; it rises linearly from 0 at the first block (Huang et al. 2016,
    /// "Deep Networks with Stochastic Depth"; the ViViT paper's table 4 uses 0.1 to 0.3 on small sets).
    /// </summary>
    public double StochasticDepth { get; init; }

    public TokenLearnerSpec TokenLearner { get; init; } = new();
}

/// <summary>How a volume of T x H x W voxels becomes tokens.</summary>
public enum Tokenizer
{
    /// <summary>Tubelet embedding: 3-D patches of t x h x w voxels, each projected to a token (Arnab et al. 2021, section 3.2).</summary>
    Tubelet,

    /// <summary>Uniform frame sampling: 2-D patches of h x w voxels on floor(T / t) frames sampled evenly (same section).</summary>
    UniformFrameSampling,
}

/// <summary>Which frame of each run of t frames uniform frame sampling takes.</summary>
public enum FrameOffset
{
    /// <summary>Frames t, 2t, 3t, … (the published notebooks' rule); the last one is clamped into the volume.</summary>
    Patch,

    /// <summary>Frames 0, t, 2t, …</summary>
    Zero,

    /// <summary>The middle frame of each run: floor(t / 2), t + floor(t / 2), …</summary>
    Centre,
}

/// <summary>What happens to a volume that is no whole number of patches.</summary>
public enum VolumeFit
{
    /// <summary>Voxels past the last whole patch of an axis are dropped.</summary>
    Crop,

    /// <summary>Zeros are added at both ends of the axis, the odd one at the far end, until the last patch is whole.</summary>
    Pad,
}

/// <summary>How the t x h x w kernel of tubelet embedding starts (Arnab et al. 2021, section 3.4).</summary>
public enum TubeletInitialisation
{
    /// <summary>Each number on its own.</summary>
    Random,

    /// <summary>A 2-D kernel over every frame, divided by t (equation 8).</summary>
    FilterInflation,

    /// <summary>A 2-D kernel at frame floor(t / 2), zeros elsewhere (equation 9): at the start it is uniform frame sampling of the centre.</summary>
    CentralFrame,
}

/// <summary>How attention crosses space and time (Arnab et al. 2021, section 3.3).</summary>
public enum EncoderKind
{
    /// <summary>Model 1: every token attends to every other.</summary>
    SpatioTemporal,

    /// <summary>Model 2: a spatial encoder for each temporal index, then a temporal encoder over one vector per index.</summary>
    FactorisedEncoder,

    /// <summary>Model 3: each block attends over the tokens of one temporal index, then over those of one place.</summary>
    FactorisedSelfAttention,

    /// <summary>Model 4: half of the heads attend over space, half over time.</summary>
    FactorisedDotProduct,
}

/// <summary>What the head reads.</summary>
public enum Pooling
{
    /// <summary>The mean over tokens.</summary>
    Mean,

    /// <summary>A learned token that attends with the others; encoders 1 and 2 only.</summary>
    ClassToken,
}

/// <summary>Where the MLP of a block has its activation.</summary>
public enum MlpForm
{
    /// <summary>Dense, GELU, dense.</summary>
    Standard,

    /// <summary>Dense, GELU, dense, GELU: as the Keras example "Video Vision Transformer" writes it.</summary>
    GeluTwice,
}

/// <summary>
/// Few learned tokens in place of many (Ryoo et al. 2021, "TokenLearner: What Can 8 Learned Tokens Do for Images and Videos?"), in the
/// spatio-temporal encoder.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenLearnerSpec
{
    public TokenLearnerForm Form { get; init; } = TokenLearnerForm.None;

    /// <summary>Learned tokens: S.</summary>
    public int Tokens { get; init; } = 8;

    /// <summary>Blocks before it; half of the layers when null.</summary>
    public int? AfterLayer { get; init; }

    /// <summary>Whether every later block learns tokens of its own, which a TokenFuser maps back to all places.</summary>
    public bool Fuser { get; init; }
}

/// <summary>How TokenLearner finds its attention maps, if there is one.</summary>
public enum TokenLearnerForm
{
    /// <summary>No TokenLearner.</summary>
    None,

    /// <summary>Convolutions with GELU, then a sigmoid: each token is the mean over places, weighted by its map.</summary>
    V1,

    /// <summary>A two-layer MLP, then a softmax over places.</summary>
    [JsonStringEnumMemberName("v1.1")]
    V11,
}
