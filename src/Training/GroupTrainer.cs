using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Data;
using ViViT.Models;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// Trains the experiments of a group as one stacked model, each from its start, or from a checkpoint, to its end; a lone experiment is a
/// group of one. Same settings, data, kind of device, number of threads and group give the same bits, whatever was interrupted on
/// the way and whatever became of the other members; only the metrics of <see cref="MetricNames.IsOfTheMachine"/> differ.
/// </summary>
/// <remarks>
/// The group has one clock of steps. A member whose checkpoint is ahead of it joins when the clock gets there, and the place of one that
/// has ended, or of a null, goes on being computed and is not listened to: the shapes never change, and no number of one member ever
/// enters another's.
/// </remarks>
/// <param name="places">K of them; null for a member that trains no more.</param>
/// <param name="device">Data, weights and optimiser live there.</param>
/// <param name="time">Measures the speed; the system's when null.</param>
/// <param name="accumulate">Pieces that each batch is computed in where memory is short: the same training but for rounding. See <see cref="Learner"/>.</param>
public sealed class GroupTrainer(IReadOnlyList<TrainingMember?> places, VolumeSet data, Device device, TimeProvider? time = null, int accumulate = 1)
{
    /// <summary>Runs on the calling thread until every member has ended.</summary>
    /// <param name="tell">
    /// Gets the place and, in order, <see cref="TrainingEvent.Started"/>, points as they are measured, each checkpoint when it is complete,
    /// and one end: <see cref="TrainingEvent.Finished"/>, <see cref="TrainingEvent.Stopped"/> or <see cref="TrainingEvent.Failed"/>.
    /// </param>
    /// <param name="alive">Gets the group's step whenever something was computed: after every step, and within long evaluations.</param>
    /// <param name="work">Gets what was done and how long it took.</param>
    /// <exception cref="ArgumentException">Data and settings do not fit, e.g. a split without samples; or members that cannot train as one.</exception>
    public void Run(Action<int, TrainingEvent> tell, Action<long>? alive = null, Action<TrainingWork>? work = null)
    {
        var members = places.Select((member, place) => member is null ? null : new GroupMember(place, member, tell)).OfType<GroupMember>().ToArray();
        var spec = Common(members);
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(spec.Model, data.Info.Size, data.Info.Classes);
        using var train = Split("training", data.Train, model, asVolumes: !spec.Training.Augmentation.IsOff);
        using var validation = Split("validation", data.Validation, model);
        using var test = Split("test", data.Test, model);
        using var run = new GroupRun(
            members, [.. places.Select(member => member?.Spec ?? spec)], model, train, data.Info.Task, device, time ?? TimeProvider.System, accumulate, alive ?? (_ => { }), work ?? (_ => { }));

        for (var step = run.Begin() + 1; members.Any(member => !member.Ended); step++)
        {
            run.Join();
            run.Step(step);
            if (step % run.StepsPerEpoch == 0)
            {
                run.EndEpoch(validation);
                run.Finish(test);
            }

            run.Checkpoint();
        }
    }

    private DeviceSplit Split(string name, VolumeSplit split, VideoTransformer model, bool asVolumes = false) =>
        new($"{name} split of {data.Info.Name}", split, data.Info.Classes, model.Grid, device, asVolumes);

    private static ExperimentSpec Common(GroupMember[] members)
    {
        var keys = members.Select(member => GroupKey.Of(member.Spec)).Distinct().Count();
        return keys == 1 ? members[0].Spec : throw new ArgumentException($"A group has members of one group key, not of {keys}.", nameof(members));
    }
}
