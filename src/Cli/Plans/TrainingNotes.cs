using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>Settings of a recipe that defeat each other, or the data.</summary>
internal static class TrainingNotes
{
    public static IEnumerable<string> Of(TrainingSpec training, DataSetInfo info)
    {
        var schedule = training.Schedule;
        if (schedule.Kind == ScheduleKind.Plateau && training.Patience <= schedule.PlateauEpochs)
        {
            yield return $"a patience of {training.Patience} epochs can end the training before the learning rate drops after {schedule.PlateauEpochs}";
        }

        if (schedule.Kind == ScheduleKind.Step && schedule.EveryEpochs >= training.Epochs)
        {
            yield return $"the learning rate never drops: every {schedule.EveryEpochs} epochs, of {training.Epochs}";
        }

        if (training.Augmentation.Flip > 0 && info.Labels.Any(label => label.EndsWith("-left", StringComparison.Ordinal)))
        {
            yield return $"flips turn left into right, which {info.Name} tells apart";
        }
    }
}
