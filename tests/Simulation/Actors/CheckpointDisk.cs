using System.Globalization;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>The storage that the workers of a pool share. Deletes as CheckpointFolder.Prune does: what is older, by fence and then step, than the newest to keep.</summary>
internal sealed class CheckpointDisk
{
    private readonly Dictionary<ExperimentId, List<(long Fence, CheckpointManifest Checkpoint)>> folders = [];

    public void Write(Held held, CheckpointManifest checkpoint)
    {
        if (!folders.TryGetValue(held.Experiment, out var folder)) folders[held.Experiment] = folder = [];
        folder.RemoveAll(one => one.Checkpoint.Path == checkpoint.Path);
        folder.Add((held.Fence, checkpoint));
    }

    public bool Has(ExperimentId experiment, CheckpointManifest checkpoint) => folders.TryGetValue(experiment, out var folder) && folder.Exists(one => one.Checkpoint == checkpoint);

    public void Prune(ExperimentId experiment, IReadOnlyCollection<CheckpointManifest> keep)
    {
        var folder = folders[experiment];
        var newest = keep.Select(Age).Max();
        folder.RemoveAll(one => !keep.Contains(one.Checkpoint) && (one.Fence, one.Checkpoint.Step).CompareTo(newest) < 0);
    }

    private static (long Fence, long Step) Age(CheckpointManifest checkpoint) =>
        (long.Parse(checkpoint.Path.Split('/')[1]["fence-".Length..], CultureInfo.InvariantCulture), checkpoint.Step);
}
