using ViViT.Contracts.Specs;

namespace ViViT.Training.Schedules;

/// <summary>How far the validation loss has come to rest. A value: it lies in the checkpoint.</summary>
/// <param name="BestLoss">Lowest so far; null before the first that is a finite number.</param>
/// <param name="BadEpochs">Epochs since then, or since the last drop, without a lower one.</param>
/// <param name="Drops">Of the learning rate.</param>
public sealed record Plateau(double? BestLoss, int BadEpochs, int Drops)
{
    /// <summary>Before the first validation.</summary>
    public static Plateau Start { get; } = new(null, 0, 0);

    /// <summary>
    /// After one more epoch: a lower loss starts the count anew; the <see cref="ScheduleSpec.PlateauEpochs"/>-th epoch in a row without one
    /// drops the rate and starts it anew as well. A loss that is no number is not lower. Schedules of other kinds stay where they are.
    /// </summary>
    public Plateau After(ScheduleSpec schedule, double validationLoss)
    {
        if (schedule.Kind != ScheduleKind.Plateau)
        {
            return this;
        }

        if (double.IsFinite(validationLoss) && (BestLoss is not { } best || validationLoss < best))
        {
            return this with { BestLoss = validationLoss, BadEpochs = 0 };
        }

        return BadEpochs + 1 < schedule.PlateauEpochs ? this with { BadEpochs = BadEpochs + 1 } : this with { BadEpochs = 0, Drops = Drops + 1 };
    }
}
