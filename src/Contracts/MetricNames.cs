namespace ViViT.Contracts;

/// <summary>Names of the metrics that every training reports.</summary>
public static class MetricNames
{
    /// <summary>Mean cross-entropy since the last point, every <c>log_every_steps</c> steps.</summary>
    public const string TrainLoss = "train/loss";

    /// <summary>At the end of every epoch, on the validation split.</summary>
    public const string ValidationLoss = "validation/loss";

    public const string ValidationAccuracy = "validation/accuracy";

    public const string ValidationAuc = "validation/auc";

    /// <summary>Once, at the end, on the test split, with the weights of the best validation AUC.</summary>
    public const string TestLoss = "test/loss";

    public const string TestAccuracy = "test/accuracy";

    public const string TestAuc = "test/auc";

    /// <summary>Training samples per second of the epoch.</summary>
    public const string SamplesPerSecond = "train/samples_per_second";
}
