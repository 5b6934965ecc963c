using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Data;
using ViViT.Models;
using ViViT.Training.Checkpoints;
using ViViT.Training.Metrics;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// Trains one experiment from its start, or from a checkpoint, to its end. Same settings, data, kind of device and number of threads give
/// the same bits, whether it was interrupted on the way or not; only <see cref="MetricNames.SamplesPerSecond"/> is of the wall clock.
/// </summary>
/// <param name="device">Data, weights and optimiser live there.</param>
/// <param name="time">Measures the speed; the system's when null.</param>
public sealed class Trainer(ExperimentSpec spec, VolumeSet data, Device device, CheckpointFolder checkpoints, TimeProvider? time = null)
{
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>
    /// Runs on the calling thread until the end. In order, <paramref name="tell"/> gets <see cref="TrainingEvent.Started"/>, points as they
    /// are measured, and each checkpoint when it is complete; the last one holds the final and the best weights and ends the training.
    /// </summary>
    /// <param name="stop">When set: the step is finished, a checkpoint saved and told, then <see cref="OperationCanceledException"/> thrown.</param>
    /// <exception cref="DivergedException">The loss is no longer finite.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from cannot be used.</exception>
    /// <exception cref="IOException">A checkpoint could not be written.</exception>
    /// <exception cref="ArgumentException">Data and settings do not fit, e.g. a split without samples.</exception>
    public void Run(CheckpointManifest? resumeFrom, Action<TrainingEvent> tell, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(spec.Model, data.Info.Size, data.Info.Classes);
        using var train = Split("training", data.Train, model);
        using var validation = Split("validation", data.Validation, model);
        using var test = Split("test", data.Test, model);
        using var state = new TrainingState(spec, model, device);
        if (resumeFrom is not null)
        {
            state.Restore(checkpoints, resumeFrom);
        }

        var training = spec.Training;
        var stepsPerEpoch = (train.Count + training.BatchSize - 1) / training.BatchSize;
        var totalSteps = (long)stepsPerEpoch * training.Epochs;
        tell(new TrainingEvent.Started(state.Progress.Step, totalSteps));
        if (state.Progress.Finished)
        {
            return;
        }

        Tensor? order = null;
        var (epochStarted, epochSamples) = (time.GetTimestamp(), 0);
        for (var step = state.Progress.Step + 1; step <= totalSteps; step++)
        {
            // 1. The order of the samples is the epoch's own.
            var (epoch, place) = Math.DivRem(step - 1, stepsPerEpoch);
            if (order is null || place == 0)
            {
                order?.Dispose();
                order = train.Order(RandomSequence.Of(spec.Seed, "order", epoch));
                (epochStarted, epochSamples) = (time.GetTimestamp(), 0);
            }

            // 2. One step; its temporaries go with it.
            using (NewDisposeScope())
            {
                var start = (int)place * training.BatchSize;
                var count = Math.Min(training.BatchSize, train.Count - start);
                var (patches_KNBV, labels_KB) = train.Batch(order, start, count);
                state.Learner.Step(step, patches_KNBV, labels_KB);
                epochSamples += count;
            }

            state.Progress = state.Progress with { Step = step };

            // 3. The curve.
            if (step % training.LogEverySteps == 0 || step == totalSteps)
            {
                LogLoss(state, steps: ((step - 1) % training.LogEverySteps) + 1, tell);
            }

            // 4. The end of an epoch.
            if (place == stepsPerEpoch - 1)
            {
                WaitForDevice(state);
                tell(new TrainingEvent.Measured(step, MetricNames.SamplesPerSecond, epochSamples / time.GetElapsedTime(epochStarted).TotalSeconds));
                var scores = Evaluation.Of(model, state.Learner.Parameters, data.Info.Task, validation);
                Tell(scores, step, MetricNames.ValidationLoss, MetricNames.ValidationAccuracy, MetricNames.ValidationAuc, tell);
                state.Validated(scores);
            }

            // 5. Safety; the end has a checkpoint of its own.
            if (step < totalSteps && (step % training.CheckpointEverySteps == 0 || stop.IsCancellationRequested))
            {
                tell(new TrainingEvent.Saved(state.Save(checkpoints)));
                stop.ThrowIfCancellationRequested();
            }
        }

        var result = Evaluation.Of(model, state.BestWeights, data.Info.Task, test);
        Tell(result, totalSteps, MetricNames.TestLoss, MetricNames.TestAccuracy, MetricNames.TestAuc, tell);
        state.Progress = state.Progress with { Finished = true };
        tell(new TrainingEvent.Saved(state.Save(checkpoints)));
    }

    private DeviceSplit Split(string name, VolumeSplit split, VideoTransformer model) =>
        new($"{name} split of {data.Info.Name}", split, data.Info.Classes, model.Grid, device);

    private static void LogLoss(TrainingState state, long steps, Action<TrainingEvent> tell)
    {
        using var scope = NewDisposeScope();
        var loss = state.Learner.LossSum.cpu().item<float>() / (double)steps;   // waits for the device
        state.Learner.LossSum.zero_();
        tell(new TrainingEvent.Measured(state.Progress.Step, MetricNames.TrainLoss, loss));
        if (!double.IsFinite(loss))
        {
            throw new DivergedException(state.Progress.Step, loss);
        }
    }

    private static void WaitForDevice(TrainingState state)
    {
        using var read = state.Learner.LossSum.cpu();
    }

    // An undefined AUC is not told.
    private static void Tell(ClassificationScores scores, long step, string loss, string accuracy, string auc, Action<TrainingEvent> tell)
    {
        tell(new TrainingEvent.Measured(step, loss, scores.Loss));
        tell(new TrainingEvent.Measured(step, accuracy, scores.Accuracy));
        if (scores.Auc is { } value)
        {
            tell(new TrainingEvent.Measured(step, auc, value));
        }
    }
}
