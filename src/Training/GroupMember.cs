using ViViT.Contracts.Specs;
using ViViT.Training.Checkpoints;
using ViViT.Training.Metrics;
using ViViT.Training.Schedules;

namespace ViViT.Training;

/// <summary>A member of a running group: where it stands and what it has to tell.</summary>
internal sealed class GroupMember(int place, TrainingMember member, Action<int, TrainingEvent> tell)
{
    public int Place => place;

    public TrainingMember Training => member;

    public ExperimentSpec Spec => member.Spec;

    public TrainingProgress Progress { get; set; } = new() { Spec = member.Spec };

    public bool Ended { get; private set; }

    /// <summary>Whether so many validations brought nothing better that the training ends.</summary>
    public bool LostPatience => Spec.Training.Patience is { } patience && Progress.ValidationsSinceBest >= patience;

    /// <summary>Whether the group's clock is where this member is: it neither has ended nor waits to join.</summary>
    public bool IsAt(long step) => !Ended && Progress.Step == step;

    /// <summary>Takes in a validation.</summary>
    /// <returns>Whether it is the best so far, and the weights are to be kept.</returns>
    public bool Validated(ClassificationScores scores)
    {
        var best = Progress.Best?.IsBeatenBy(scores.Auc, scores.Loss) ?? true;
        Progress = Progress with
        {
            Best = best ? new BestValidation(Progress.Step, scores.Auc, scores.Loss) : Progress.Best,
            ValidationsSinceBest = best ? 0 : Progress.ValidationsSinceBest + 1,
            Plateau = Progress.Plateau.After(Spec.Training.Schedule, scores.Loss),
        };
        return best;
    }

    public void Tell(TrainingEvent said) => tell(place, said);

    /// <summary>Tells a point at the step where the member is.</summary>
    public void Tell(string metric, double value) => Tell(new TrainingEvent.Measured(Progress.Step, metric, value));

    /// <summary>Tells the end; nothing is told of this member any more.</summary>
    public void End(TrainingEvent end)
    {
        Ended = true;
        Tell(end);
    }
}
