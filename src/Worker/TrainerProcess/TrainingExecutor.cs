using TorchSharp;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Data;
using ViViT.Training;
using ViViT.Training.Checkpoints;
using ViViT.Training.Groups;

namespace ViViT.Worker.TrainerProcess;

/// <summary>Turns a request into the training of a group and every member's end into the reply that says whose doing the end was.</summary>
internal sealed class TrainingExecutor(torch.Device device, Action<TrainerReply> tell, TimeProvider time)
{
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(1);

    private readonly VolumeSetCache volumes = new();

    /// <summary>Trains until every member has ended; every way to end becomes one reply for each.</summary>
    /// <param name="stops">One for each experiment of the request.</param>
    public void Train(TrainerRequest.Train request, IReadOnlyList<CancellationToken> stops)
    {
        var going = request.Experiments.ToDictionary(leased => leased.Place, leased => leased.Held);
        var pieces = request.Experiments.Select(leased => leased.Accumulate).DefaultIfEmpty(1).Max();
        var where = Where(request.GroupSize, pieces);
        long? lastSign = null;
        var (steps, samples, stepping) = (0L, 0L, TimeSpan.Zero);
        using var allStopped = new AllStopped([.. stops]);
        try
        {
            var places = new TrainingMember?[request.GroupSize];
            foreach (var (leased, stop) in request.Experiments.Zip(stops))
            {
                if (SweepValidation.CheckExperiment(leased.Spec).ToArray() is { Length: > 0 } problems)
                {
                    EndOne(leased.Place, member => new TrainerReply.Failed(member, FailureClass.User, string.Join(' ', problems.AsEnumerable())));
                    continue;
                }

                places[leased.Place] = new(leased.Spec, new CheckpointFolder(request.Checkpoints, leased.Id, leased.Fence), leased.ResumeFrom, stop);
            }

            if (places.OfType<TrainingMember>().FirstOrDefault() is not { } any) return;
            var data = volumes.Load(request.Data, any.Spec.Data, new Arrival(() => Sign(new TrainerReply.Loading())), allStopped.Token);
            new GroupTrainer(places, data, device, time, pieces).Run(Hear, step => Sign(new TrainerReply.Alive(step)), Count);
            if (going.Count > 0) throw new InvalidOperationException("The training returned without the end of every member.");
        }
        catch (OperationCanceledException) when (allStopped.Token.IsCancellationRequested)
        {
            EndAll(member => new TrainerReply.Stopped(member));
        }
        catch (Exception failed)
        {
            EndAll(member => Failed(member, failed, where));
        }

        void Hear(int place, TrainingEvent told)
        {
            switch (told)
            {
                case TrainingEvent.Started started:
                    tell(new TrainerReply.Started(going[place], started.Step, started.TotalSteps));
                    break;
                case TrainingEvent.Measured measured:
                    tell(new TrainerReply.Measured(going[place], [new MetricPoint(measured.Metric, measured.Step, measured.Value)]));
                    break;
                case TrainingEvent.Saved saved:
                    tell(new TrainerReply.Saved(going[place], saved.Checkpoint));
                    break;
                case TrainingEvent.Finished:
                    EndOne(place, member => new TrainerReply.Finished(member));
                    break;
                case TrainingEvent.Stopped:
                    EndOne(place, member => new TrainerReply.Stopped(member));
                    break;
                case TrainingEvent.Failed failed:
                    EndOne(place, member => Failed(member, failed.Why, where));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(told), told, "The protocol has no reply for this event.");
            }
        }

        void Sign(TrainerReply life)
        {
            if (lastSign is { } before && time.GetElapsedTime(before) < BetweenSigns) return;
            lastSign = time.GetTimestamp();
            TellSteps();
            tell(life);
        }

        void Count(TrainingWork work)
        {
            switch (work)
            {
                case TrainingWork.Stepped stepped:
                    (steps, samples, stepping) = (steps + 1, samples + stepped.Samples, stepping + stepped.Took);
                    break;
                case TrainingWork.Wrote wrote:
                    tell(new TrainerReply.Wrote(going[wrote.Place], wrote.Bytes, wrote.Took.TotalSeconds));
                    break;
                case TrainingWork.Read read:
                    tell(new TrainerReply.Read(going[read.Place], read.Bytes, read.Took.TotalSeconds));
                    break;
            }
        }

        void TellSteps()
        {
            if (steps == 0) return;
            tell(new TrainerReply.Stepped(steps, samples, stepping.TotalSeconds));
            (steps, samples, stepping) = (0, 0, TimeSpan.Zero);
        }

        void EndOne(int place, Func<Held, TrainerReply> end)
        {
            if (!going.Remove(place, out var member)) return;
            TellSteps();
            tell(end(member));
        }

        void EndAll(Func<Held, TrainerReply> end)
        {
            foreach (var place in going.Keys.Order().ToArray()) EndOne(place, end);
        }
    }

    /// <summary>Measures the speed of groups of the shape, and tells it or why not.</summary>
    public void Measure(TrainerRequest.Measure request)
    {
        try
        {
            var set = DataSetCatalogue.Find(request.Example.Data.Name) ?? throw new ArgumentException($"There is no data set '{request.Example.Data.Name}'.");
            var sizing = new GroupSizing(device, () => FreeMemory.Of(device));
            tell(new TrainerReply.Sized(sizing.Measure(request.Example, set.Size, set.Classes, request.MaxGroup)));
        }
        catch (Exception failed)
        {
            Console.Error.WriteLine(failed);
            tell(new TrainerReply.Unsized($"{failed.GetType().Name}: {failed.Message}"));
        }
    }

    private string Where(int places, int pieces) =>
        $"{device}{(places == 1 ? "" : FormattableString.Invariant($" with {places} experiments as one"))}{(pieces == 1 ? "" : FormattableString.Invariant($" with each batch in {pieces} pieces"))}";

    private static TrainerReply.Failed Failed(Held member, Exception failed, string where)
    {
        var (blame, reason) = TrainingFailure.Of(failed, where);
        if (blame is FailureClass.Infrastructure or FailureClass.OutOfMemory)
        {
            // The whole story for the log, its head for the attempt's row.
            Console.Error.WriteLine($"experiment {member.Experiment}: {failed}");
        }

        return new TrainerReply.Failed(member, blame, reason);
    }

    // Tells at once, on the thread that fetches; the framework's Progress would post each report to another.
    private sealed class Arrival(Action told) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => told();
    }
}
