namespace ViViT.Contracts;

/// <summary>
/// Names of the metrics that every training reports. Each split's scores are <c>split/score</c>: at the end of every epoch for
/// <c>train</c> (of the epoch's own batches, as they were trained on) and <c>validation</c>; once, at the end, for <c>test</c>, with the
/// weights of the best validation AUC.
/// </summary>
public static class MetricNames
{
    /// <summary>Mean training loss since the last point, every <c>log_every_steps</c> steps.</summary>
    public const string TrainLoss = "train/loss";

    public const string ValidationLoss = "validation/loss";

    public const string ValidationAccuracy = "validation/accuracy";

    public const string ValidationAuc = "validation/auc";

    public const string TestLoss = "test/loss";

    public const string TestAccuracy = "test/accuracy";

    public const string TestAuc = "test/auc";

    /// <summary>Training samples of this member per second of the epoch.</summary>
    public const string SamplesPerSecond = "train/samples_per_second";

    /// <summary>Seconds that the epoch's steps took.</summary>
    public const string Seconds = "train/seconds";

    /// <summary>The factor-adjusted learning rate of the epoch's last step.</summary>
    public const string LearningRate = "train/learning_rate";

    /// <summary>Largest memory of the trainer process so far, in bytes: of the device where that can be asked, else resident.</summary>
    public const string PeakMemory = "train/peak_memory_bytes";

    public static string Accuracy(string split) => $"{split}/accuracy";

    /// <summary>Mean over classes of the share of the class's samples that are told right.</summary>
    public static string BalancedAccuracy(string split) => $"{split}/balanced_accuracy";

    public static string Auc(string split) => $"{split}/auc";

    /// <summary>Mean cross-entropy of a whole split; of the training split's epoch, where <see cref="TrainLoss"/> has the curve.</summary>
    public static string Loss(string split) => split == "train" ? "train/epoch_loss" : $"{split}/loss";

    /// <summary>Samples of class <paramref name="truth"/> that were told to be class <paramref name="predicted"/>.</summary>
    public static string Confusion(string split, int truth, int predicted) => FormattableString.Invariant($"{split}/confusion/{truth}/{predicted}");

    /// <summary>Whether the clock or the machine decides its values, so that no two runs agree in them.</summary>
    public static bool IsOfTheMachine(string metric) => metric is SamplesPerSecond or Seconds or PeakMemory;
}
