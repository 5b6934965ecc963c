using System.Diagnostics;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Models.Weights;
using ViViT.Training.Augmentation;
using ViViT.Training.Checkpoints;
using ViViT.Training.Losses;
using ViViT.Training.Metrics;
using ViViT.Training.Schedules;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>The parts of a group's training, in the order in which <see cref="GroupTrainer"/> calls them.</summary>
internal sealed class GroupRun : IDisposable
{
    private readonly IReadOnlyList<GroupMember> members;
    private readonly IReadOnlyList<ExperimentSpec> specs;
    private readonly TrainingSpec shared;
    private readonly DeviceSplit train;
    private readonly LabelTask task;
    private readonly TimeProvider time;
    private readonly Action<long> alive;
    private readonly Action<TrainingWork> work;
    private readonly int evaluatedAtOnce;
    private readonly GroupState state;
    private readonly BatchMaker batches;
    private readonly double[] rates;
    private readonly HashSet<GroupMember> ahead = [];
    private long clock;
    private long epochStarted;
    private int epochSamples;

    /// <param name="specs">Of every place; an empty one computes something of the same shape.</param>
    /// <param name="accumulate">Pieces that each batch is computed in; evaluations then take no more samples at once than a piece has.</param>
    /// <param name="alive">Gets the group's step whenever something was computed.</param>
    /// <param name="work">Gets what was done and how long it took.</param>
    public GroupRun(
        IReadOnlyList<GroupMember> members, IReadOnlyList<ExperimentSpec> specs, VideoTransformer model, DeviceSplit train, LabelTask task, Device device, TimeProvider time,
        int accumulate, Action<long> alive, Action<TrainingWork> work)
    {
        (this.members, this.specs, this.train, this.task, this.time, this.alive, this.work) = (members, specs, train, task, time, alive, work);
        shared = specs[0].Training;
        evaluatedAtOnce = accumulate == 1 ? Evaluation.BatchSize : Math.Min(Evaluation.BatchSize, (shared.BatchSize + accumulate - 1) / accumulate);
        rates = new double[specs.Count];
        StepsPerEpoch = (train.Count + shared.BatchSize - 1) / shared.BatchSize;
        TotalSteps = (long)StepsPerEpoch * shared.Epochs;
        state = new GroupState(new Learner(model, specs, device, ClassWeighting.Of(shared.ClassWeights, train.Labels, model.Classes), accumulate), train.Count, device);
        batches = new BatchMaker(specs, train, device);
    }

    public int StepsPerEpoch { get; }

    public long TotalSteps { get; }

    /// <summary>Every member starts or resumes.</summary>
    /// <returns>The step where the group's clock starts: the smallest of its members'.</returns>
    public long Begin()
    {
        foreach (var member in members)
        {
            if (member.Training.Stop.IsCancellationRequested)
            {
                member.End(new TrainingEvent.Stopped());
            }
            else if (Restore(member))
            {
                member.Tell(new TrainingEvent.Started(member.Progress.Step, TotalSteps));
                if (member.Progress.Finished)
                {
                    member.End(new TrainingEvent.Finished());
                }
            }
        }

        clock = members.Where(member => !member.Ended).Select(member => member.Progress.Step).DefaultIfEmpty(TotalSteps).Min();
        ahead.UnionWith(members.Where(member => !member.Ended && !member.IsAt(clock)));
        return clock;
    }

    /// <summary>Members that are ahead of the clock join when it gets to them.</summary>
    public void Join()
    {
        foreach (var member in ahead.Where(member => member.IsAt(clock)).ToArray())
        {
            ahead.Remove(member);

            // Its place was trained as something else meanwhile.
            Restore(member);
        }
    }

    /// <summary>One optimiser step, and the point of the curve where one is due.</summary>
    /// <param name="step">From 1.</param>
    public void Step(long step)
    {
        var started = time.GetTimestamp();
        var place = (int)((step - 1) % StepsPerEpoch);
        if (batches.Epoch != (step - 1) / StepsPerEpoch)
        {
            batches.Epoch = (step - 1) / StepsPerEpoch;
            (epochStarted, epochSamples) = (time.GetTimestamp(), 0);
        }

        foreach (var spec in specs.Index())
        {
            rates[spec.Index] = spec.Item.Training.LearningRate
                * LearningRateSchedule.Factor(spec.Item.Training.Schedule, step, StepsPerEpoch, TotalSteps, DropsOf(spec.Index));
        }

        int samples;
        using (NewDisposeScope())
        {
            var batch = batches.Make(step, place * shared.BatchSize);
            var logits_KBC = state.Learner.Step(step, batch.Patches_KNBV, batch.Labels_KB, rates, batch.Mixed);
            state.Scores.Add(place * shared.BatchSize, logits_KBC);
            samples = batch.Count;
        }

        epochSamples += samples;
        var present = Present();
        foreach (var member in present)
        {
            member.Progress = member.Progress with { Step = step };
        }

        clock = step;
        if (step % shared.LogEverySteps == 0 || step == TotalSteps)
        {
            TellLoss(steps: ((step - 1) % shared.LogEverySteps) + 1);
        }

        work(new TrainingWork.Stepped(samples * present.Length, time.GetElapsedTime(started)));
        alive(step);
    }

    /// <summary>The epoch's scores and those of the validation split.</summary>
    public void EndEpoch(DeviceSplit validation)
    {
        var trained = Evaluation.Score(state.Scores.Logits, batches.LabelsOf, task);   // waits for the device
        var seconds = time.GetElapsedTime(epochStarted).TotalSeconds;
        var validated = Evaluate(state.Evaluated(), validation);
        foreach (var member in Present())
        {
            member.Tell(MetricNames.Seconds, seconds);
            member.Tell(MetricNames.SamplesPerSecond, epochSamples / seconds);
            member.Tell(MetricNames.PeakMemory, PeakMemory());
            member.Tell(MetricNames.LearningRate, rates[member.Place]);
            Tell(member, "train", trained[member.Place]);
            Tell(member, "validation", validated[member.Place]);
            if (member.Validated(validated[member.Place]))
            {
                state.KeepBest(member.Place);
            }
        }
    }

    /// <summary>Tests, saves and ends the members that are at their last step or lost their patience.</summary>
    public void Finish(DeviceSplit test)
    {
        var done = Present().Where(member => clock == TotalSteps || member.LostPatience).ToArray();
        if (done.Length == 0)
        {
            return;
        }

        var tested = Evaluate(state.BestWeights, test);
        foreach (var member in done)
        {
            Tell(member, "test", tested[member.Place]);
            member.Progress = member.Progress with { Finished = true };
            if (Save(member))
            {
                member.End(new TrainingEvent.Finished());
            }
        }
    }

    /// <summary>Saves where the members are when it is time, and ends those that were asked to stop.</summary>
    public void Checkpoint()
    {
        foreach (var member in members.Where(member => !member.Ended))
        {
            var stop = member.Training.Stop.IsCancellationRequested;
            var due = IsPresent(member) && (stop || clock % shared.CheckpointEverySteps == 0);
            if ((!due || Save(member)) && stop)
            {
                member.End(new TrainingEvent.Stopped());
            }
        }
    }

    public void Dispose()
    {
        state.Dispose();
        batches.Dispose();
    }

    private ClassificationScores[] Evaluate(FlatParameters parameters, DeviceSplit split) =>
        Evaluation.Of(state.Learner.Model, parameters, task, split, evaluatedAtOnce, () => alive(clock));

    private GroupMember[] Present() => [.. members.Where(IsPresent)];

    // One that is ahead has told and saved this step already, and its place does not hold it before it joins.
    private bool IsPresent(GroupMember member) => member.IsAt(clock) && !ahead.Contains(member);

    private int DropsOf(int place) => members.FirstOrDefault(member => member.Place == place)?.Progress.Plateau.Drops ?? 0;

    // Samples of its epoch that a member has seen after so many steps.
    private int SeenAt(long step) => (int)(step % StepsPerEpoch) * shared.BatchSize;

    private bool Restore(GroupMember member)
    {
        if (member.Training.ResumeFrom is not { } checkpoint)
        {
            return true;
        }

        try
        {
            var started = time.GetTimestamp();
            member.Progress = state.Restore(member.Place, member.Spec, SeenAt, member.Training.Checkpoints, checkpoint);
            work(new TrainingWork.Read(member.Place, checkpoint.Bytes, time.GetElapsedTime(started)));
            return true;
        }
        catch (CheckpointException unusable)
        {
            member.End(new TrainingEvent.Failed(unusable));
            return false;
        }
    }

    private bool Save(GroupMember member)
    {
        try
        {
            var started = time.GetTimestamp();
            var checkpoint = state.Save(member.Place, member.Progress, SeenAt(clock), member.Training.Checkpoints);
            work(new TrainingWork.Wrote(member.Place, checkpoint.Bytes, time.GetElapsedTime(started)));
            member.Tell(new TrainingEvent.Saved(checkpoint));
            return true;
        }
        catch (IOException unwritten)
        {
            member.End(new TrainingEvent.Failed(unwritten));
            return false;
        }
    }

    private void TellLoss(long steps)
    {
        using var scope = NewDisposeScope();
        var sums = state.Learner.LossSum.cpu().data<float>().ToArray();   // waits for the device
        state.Learner.LossSum.zero_();
        foreach (var member in Present())
        {
            var loss = sums[member.Place] / (double)steps;
            member.Tell(MetricNames.TrainLoss, loss);
            if (!double.IsFinite(loss))
            {
                member.End(new TrainingEvent.Failed(new DivergedException(clock, loss)));
            }
        }
    }

    // An undefined AUC is not told.
    private static void Tell(GroupMember member, string split, ClassificationScores scores)
    {
        member.Tell(MetricNames.Loss(split), scores.Loss);
        member.Tell(MetricNames.Accuracy(split), scores.Accuracy);
        member.Tell(MetricNames.BalancedAccuracy(split), scores.BalancedAccuracy);
        if (scores.Auc is { } auc)
        {
            member.Tell(MetricNames.Auc(split), auc);
        }

        foreach (var (truth, row) in scores.Confusion.Index())
        {
            foreach (var (predicted, count) in row.Index())
            {
                member.Tell(MetricNames.Confusion(split, truth, predicted), count);
            }
        }
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
