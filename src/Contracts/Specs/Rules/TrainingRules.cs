namespace ViViT.Contracts.Specs.Rules;

/// <summary>What the recipe of a training must keep to.</summary>
internal static class TrainingRules
{
    public static IEnumerable<SpecProblem> Check(TrainingSpec training) =>
    [
        .. Rule.Positive("training.epochs", training.Epochs),
        .. Rule.Positive("training.batch_size", training.BatchSize),
        .. Rule.Above0("training.learning_rate", training.LearningRate, "step size", "1e-4"),
        .. Rule.NotBelow0("training.weight_decay", training.WeightDecay, "weight decay", "1e-4"),
        .. Rule.Below1("training.momentum", training.Momentum, "momentum"),
        .. Rule.Above0("training.clip_norm", training.ClipNorm ?? 1, "norm to clip at", "1.0"),
        .. Rule.Below1("training.label_smoothing", training.LabelSmoothing, "share of the target"),
        .. Rule.Unless(training.WeightAverage is null or (> 0 and < 1), "training.weight_average", $"{training.WeightAverage} is no decay of an average",
            "Give a number between 0 and 1, e.g. 0.999."),
        .. Rule.Positive("training.patience", training.Patience ?? 1),
        .. Rule.Positive("training.log_every_steps", training.LogEverySteps),
        .. Rule.Positive("training.checkpoint_every_steps", training.CheckpointEverySteps),
        .. Schedule(training.Schedule, training.Epochs),
    ];

    private static IEnumerable<SpecProblem> Schedule(ScheduleSpec schedule, int epochs) =>
    [
        .. Rule.NotBelow0("training.schedule.warmup_epochs", schedule.WarmupEpochs, "length of a warm-up", "2.5"),
        .. Rule.Unless(epochs < 1 || !(schedule.WarmupEpochs >= epochs), "training.schedule.warmup_epochs",
            $"a warm-up of {schedule.WarmupEpochs} epochs leaves nothing of {epochs}", "Give fewer than training.epochs."),
        .. Rule.Positive("training.schedule.every_epochs", schedule.EveryEpochs),
        .. Rule.Positive("training.schedule.plateau_epochs", schedule.PlateauEpochs),
        .. Rule.Unless(schedule.Factor is > 0 and < 1, "training.schedule.factor", $"{schedule.Factor} does not lower the learning rate",
            "Give a number between 0 and 1, e.g. 0.1."),
    ];
}
