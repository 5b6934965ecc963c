using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Training.Checkpoints;

namespace ViViT.Training;

/// <summary>One experiment of a group that trains.</summary>
/// <param name="Checkpoints">Where its checkpoints go.</param>
/// <param name="ResumeFrom">Null to start afresh.</param>
/// <param name="Stop">When set: the step is finished, a checkpoint saved and told, and this member ends; the others go on.</param>
public sealed record TrainingMember(ExperimentSpec Spec, CheckpointFolder Checkpoints, CheckpointManifest? ResumeFrom, CancellationToken Stop);
