using TorchSharp;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Data;
using ViViT.Training;
using ViViT.Training.Checkpoints;

namespace ViViT.Worker.TrainerProcess;

/// <summary>Turns a request into a training and its end into the reply that says whose doing the end was.</summary>
internal sealed class TrainingExecutor(torch.Device device, Action<TrainerReply> tell)
{
    private readonly VolumeSetCache volumes = new();

    /// <summary>Trains until its end or <paramref name="stop"/>; every way to end becomes one reply.</summary>
    public TrainerReply Execute(TrainerRequest.Train request, CancellationToken stop)
    {
        var (id, fence, spec) = (request.Experiment.Id, request.Experiment.Fence, request.Experiment.Spec);
        try
        {
            if (SweepValidation.CheckExperiment(spec).ToArray() is { Length: > 0 } problems) return Unsound(problems);
            var data = volumes.Load(request.Data, spec.Data, stop);
            new Trainer(spec, data, device, new CheckpointFolder(request.Checkpoints, id, fence)).Run(request.Experiment.ResumeFrom, Tell, stop);
            return new TrainerReply.Finished();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new TrainerReply.Stopped();
        }
        catch (DivergedException diverged)
        {
            return new TrainerReply.Failed(FailureClass.Numerical, diverged.Message);
        }
        catch (Exception wrong) when (wrong is DataUnavailableException or ArgumentException)
        {
            return new TrainerReply.Failed(FailureClass.User, wrong.Message);
        }
        catch (Exception failed)
        {
            // The whole story for the log, its head for the attempt's row.
            Console.Error.WriteLine(failed);
            return new TrainerReply.Failed(FailureClass.Infrastructure, $"{failed.GetType().Name}: {failed.Message}");
        }
    }

    private void Tell(TrainingEvent told) => tell(told switch
    {
        TrainingEvent.Started started => new TrainerReply.Started(started.Step, started.TotalSteps),
        TrainingEvent.Measured measured => new TrainerReply.Measured([new MetricPoint(measured.Metric, measured.Step, measured.Value)]),
        TrainingEvent.Saved saved => new TrainerReply.Saved(saved.Checkpoint),
        _ => throw new ArgumentOutOfRangeException(nameof(told), told, "The protocol has no reply for this event."),
    });

    private static TrainerReply.Failed Unsound(IEnumerable<SpecProblem> problems) => new(FailureClass.User, string.Join(' ', problems));
}
