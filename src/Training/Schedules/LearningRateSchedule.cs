using ViViT.Contracts.Specs;

namespace ViViT.Training.Schedules;

/// <summary>What the learning rate is multiplied with at each step.</summary>
public static class LearningRateSchedule
{
    /// <summary>
    /// Linear warm-up times the course of the kind. Warm-up: step / warm-up steps, up to 1. Constant: 1. Cosine (Loshchilov and Hutter 2017,
    /// equation 5, one period from the end of the warm-up): from 1 down to 0 at the last step. Step: <see cref="ScheduleSpec.Factor"/> after every
    /// <see cref="ScheduleSpec.EveryEpochs"/> epochs, counted from the start. Plateau: <see cref="ScheduleSpec.Factor"/> for each drop.
    /// </summary>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="totalSteps">Of the whole training.</param>
    /// <param name="drops">Of <see cref="Plateau"/>; other kinds ignore them.</param>
    public static double Factor(ScheduleSpec schedule, long step, long stepsPerEpoch, long totalSteps, int drops)
    {
        var warmup = schedule.WarmupEpochs * stepsPerEpoch;
        var rise = step < warmup ? step / warmup : 1;
        return rise * schedule.Kind switch
        {
            ScheduleKind.Constant => 1,
            ScheduleKind.Cosine => Cosine(step - warmup, totalSteps - warmup),
            ScheduleKind.Step => Math.Pow(schedule.Factor, (step - 1) / stepsPerEpoch / schedule.EveryEpochs),
            ScheduleKind.Plateau => Math.Pow(schedule.Factor, drops),
            var unknown => throw new ArgumentException($"{unknown} is no known schedule.", nameof(schedule)),
        };
    }

    private static double Cosine(double done, double all) => done <= 0 ? 1 : (1 + Math.Cos(Math.PI * Math.Min(1, done / all))) / 2;
}
