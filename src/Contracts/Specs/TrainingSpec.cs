using System.Text.Json.Serialization;

namespace ViViT.Contracts.Specs;

/// <summary>How the model is trained: shuffled batches, softmax cross-entropy.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrainingSpec
{
    /// <summary>Passes over the training split.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>Samples a step; the last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 32;

    public Optimiser Optimiser { get; init; } = Optimiser.Adam;

    /// <summary>The optimiser's step size, before the schedule's factor.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>On all parameters: added to the gradient by Adam and SGD, decoupled from it by AdamW.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Of SGD: share of the last step's direction that is kept.</summary>
    public double Momentum { get; init; } = 0.9;

    public ScheduleSpec Schedule { get; init; } = new();

    /// <summary>Largest global norm of the gradients: longer ones are scaled to it (Pascanu et al. 2013). Unbounded when null.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Share of the target that is spread evenly over all classes (Szegedy et al. 2016, section 7).</summary>
    public double LabelSmoothing { get; init; }

    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>
    /// Decay of an exponential moving average of the weights (Polyak and Juditsky 1992); validation and test then use the average.
    /// None when null.
    /// </summary>
    public double? WeightAverage { get; init; }

    /// <summary>Epochs without a better validation after which the training ends; never when null.</summary>
    public int? Patience { get; init; }

    public Precision Precision { get; init; } = Precision.Full;

    public AugmentationSpec Augmentation { get; init; } = new();

    /// <summary>Steps between two points of the training curves.</summary>
    public int LogEverySteps { get; init; } = 10;

    /// <summary>Steps between two checkpoints; at most this much work is lost when a process dies.</summary>
    public int CheckpointEverySteps { get; init; } = 100;
}

/// <summary>The rule that moves the parameters.</summary>
public enum Optimiser
{
    /// <summary>Kingma and Ba 2015, algorithm 1.</summary>
    Adam,

    /// <summary>Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Stochastic gradient descent with momentum (Sutskever et al. 2013, in PyTorch's form).</summary>
    Sgd,
}

/// <summary>How the learning rate changes: its factor at each step.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ScheduleSpec
{
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>The factor rises linearly from 0 over this many epochs (2.5 in the ViViT paper); of every kind.</summary>
    public double WarmupEpochs { get; init; }

    /// <summary>Of step: epochs between two drops.</summary>
    public int EveryEpochs { get; init; } = 20;

    /// <summary>Of plateau: epochs without a lower validation loss before a drop.</summary>
    public int PlateauEpochs { get; init; } = 5;

    /// <summary>Of step and plateau: what a drop multiplies the rate with.</summary>
    public double Factor { get; init; } = 0.1;
}

/// <summary>The course of the learning rate after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>The factor stays 1.</summary>
    Constant,

    /// <summary>Half a cosine from 1 down to 0 (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,

    /// <summary>Times the factor every so many epochs.</summary>
    Step,

    /// <summary>Times the factor when the validation loss has stopped falling.</summary>
    Plateau,
}

/// <summary>How much each class weighs in the training loss.</summary>
public enum ClassWeights
{
    /// <summary>All the same.</summary>
    None,

    /// <summary>Inversely to its share of the training split: samples / (classes · samples of the class).</summary>
    Balanced,
}

/// <summary>Element type of the matrix products; weights, optimiser, norms and softmax are float32 in any case.</summary>
public enum Precision
{
    /// <summary>float32 throughout.</summary>
    [JsonStringEnumMemberName("float32")]
    Full,

    /// <summary>bfloat16 products, much as PyTorch's autocast has them.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    Mixed,

    /// <summary>bfloat16 on CUDA devices and on processors with bfloat16 arithmetic, float32 elsewhere.</summary>
    Auto,
}

/// <summary>Random changes of the training volumes, each with a generator of its own; all off by default.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AugmentationSpec
{
    /// <summary>Probability of mirroring each axis, drawn for each axis alone.</summary>
    public double Flip { get; init; }

    /// <summary>Probability of a right-angle turn: one of the 24 rotations of the cube, each equally likely.</summary>
    public double Turn { get; init; }

    /// <summary>Largest shift in voxels along each axis, both ways; zeros move in.</summary>
    public int Shift { get; init; }

    /// <summary>Largest relative change a of the intensity x: x · (1 + u) + v with u and v uniform in [-a, a], x in [0, 1].</summary>
    public double Intensity { get; init; }

    /// <summary>Alpha of mixup (Zhang et al. 2018): samples and targets are mixed with a share drawn from Beta(alpha, alpha); off at 0.</summary>
    public double Mixup { get; init; }

    /// <summary>Whether nothing changes.</summary>
    [JsonIgnore]
    public bool IsOff => this == new AugmentationSpec();
}
