using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>One fully specified training: what a sweep's cell expands to and what a trainer executes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExperimentSpec
{
    public required DataSpec Data { get; init; }

    public ModelSpec Model { get; init; } = new();

    public TrainingSpec Training { get; init; } = new();

    /// <summary>Seeds every named random generator of the experiment: initialisation, data order, dropout.</summary>
    public int Seed { get; init; }
}

/// <summary>Which volumes are learnt from.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DataSpec
{
    /// <summary>A name of the catalogue, see <see cref="DataSets.DataSetCatalogue"/>.</summary>
    public required string Name { get; init; }

    /// <summary>At most this many samples of each split, drawn by a shuffle with a fixed seed (some sets are sorted by class); all when null.</summary>
    public int? Limit { get; init; }
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

/// <summary>A ViViT with joint spatio-temporal attention (model 1 of Arnab et al. 2021, "ViViT: A Video Vision Transformer").</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ModelSpec
{
    public Tokenizer Tokenizer { get; init; } = Tokenizer.Tubelet;

    /// <summary>Patch extents in voxels. Voxels past the last whole patch of an axis are dropped.</summary>
    public Patch Patch { get; init; } = new(8, 8, 8);

    /// <summary>Used by uniform frame sampling only.</summary>
    public FrameOffset FrameOffset { get; init; } = FrameOffset.Patch;

    /// <summary>Token width D.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Number of pre-norm transformer blocks.</summary>
    public int Layers { get; init; } = 8;

    /// <summary>Attention heads; divides the width.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Hidden width of the MLP over the token width.</summary>
    public int MlpRatio { get; init; } = 4;

    /// <summary>Dropout probability on the attention weights.</summary>
    public double Dropout { get; init; } = 0.1;
}

/// <summary>How the model is trained: Adam (Kingma and Ba 2015) on the softmax cross-entropy, shuffled batches.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrainingSpec
{
    /// <summary>Passes over the training split.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>Samples a step; the last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Adam's step size.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Steps between two points of the training curves.</summary>
    public int LogEverySteps { get; init; } = 10;

    /// <summary>Steps between two checkpoints; at most this much work is lost when a process dies.</summary>
    public int CheckpointEverySteps { get; init; } = 100;
}
