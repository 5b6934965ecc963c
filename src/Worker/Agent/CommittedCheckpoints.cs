using Microsoft.Extensions.Logging;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Training.Checkpoints;

namespace ViViT.Worker.Agent;

/// <summary>
/// Keeps the newest two committed checkpoints of an experiment on disk, the newest to continue from and the one before it for the case
/// that a disk spoils the newest, and deletes what is older.
/// </summary>
/// <param name="resumedFrom">The committed checkpoint that the attempt continued from.</param>
internal sealed partial class CommittedCheckpoints(string root, ExperimentId experiment, CheckpointManifest? resumedFrom, ILogger log)
{
    private CheckpointManifest? newest = resumedFrom;

    /// <summary>The server has committed this one.</summary>
    public void Add(CheckpointManifest committed)
    {
        CheckpointManifest[] keep = newest is null ? [committed] : [newest, committed];
        newest = committed;
        try
        {
            CheckpointFolder.Prune(root, experiment, keep);
        }
        catch (Exception undeleted) when (undeleted is IOException or UnauthorizedAccessException)
        {
            // The next commit tries again; old checkpoints cost space, not correctness.
            PruneFailed(undeleted, experiment.Value, root);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old checkpoints of experiment {Experiment} under {Root} cannot be deleted")]
    private partial void PruneFailed(Exception exception, long experiment, string root);
}
