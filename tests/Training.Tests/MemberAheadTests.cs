using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Training.Checkpoints;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

/// <summary>Members of a group whose last checkpoints are of different steps.</summary>
public sealed class MemberAheadTests : IDisposable
{
    // Six steps an epoch: points, the epoch's end and a checkpoint fall together at step 12.
    private const long Shared = 12;

    private static readonly ExperimentSpec First = TinySets.Spec with { Training = TinySets.Spec.Training with { CheckpointEverySteps = 6 } };

    private readonly string root = Directory.CreateTempSubdirectory("vivit-ahead-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void One_that_is_ahead_neither_tells_nor_saves_the_step_it_resumed_from_again()
    {
        var undisturbed = Train(fence: 1, [null, null], dies: _ => false);

        // The first member's checkpoint of step 12 is the last thing that is heard.
        var before = Train(fence: 2, [null, null], dies: told => told is TrainingEvent.Saved { Checkpoint.Step: Shared });
        var resume = before.Select(told => told.OfType<TrainingEvent.Saved>().Last().Checkpoint).ToArray();
        Assert.Equal([Shared, 6L], resume.Select(checkpoint => checkpoint.Step));
        var after = Train(fence: 3, resume, dies: _ => false);

        for (var place = 0; place < 2; place++)
        {
            Assert.All(after[place].OfType<TrainingEvent.Saved>(), saved => Assert.True(saved.Checkpoint.Step > resume[place].Step));
            Assert.Equal(History(undisturbed[place]), [.. History(before[place]).Where(point => point.Step <= resume[place].Step), .. History(after[place])]);
        }
    }

    private List<TrainingEvent>[] Train(long fence, CheckpointManifest?[] resume, Func<TrainingEvent, bool> dies)
    {
        TrainingMember[] members = [.. resume.Select((checkpoint, place) => new TrainingMember(
            First with { Seed = 11 + place }, new CheckpointFolder(root, new ExperimentId(place + 1), fence), checkpoint, CancellationToken.None))];
        var told = members.Select(_ => new List<TrainingEvent>()).ToArray();
        try
        {
            new GroupTrainer(members, TinySets.Make(), CPU).Run((place, said) =>
            {
                told[place].Add(said);
                if (dies(said)) throw new KilledException();
            });
        }
        catch (KilledException)
        {
            // As it was to be.
        }

        return told;
    }

    private static List<TrainingEvent.Measured> History(IEnumerable<TrainingEvent> events) =>
        [.. events.OfType<TrainingEvent.Measured>().Where(point => !MetricNames.IsOfTheMachine(point.Metric))];

    private sealed class KilledException : Exception;
}
