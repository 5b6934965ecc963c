using ViViT.Contracts.Wire;

namespace ViViT.Training;

/// <summary>What a training tells while it runs, in order: <see cref="Started"/>, points and checkpoints, and exactly one end.</summary>
public abstract record TrainingEvent
{
    private TrainingEvent()
    {
    }

    /// <summary>The first event: training starts, or goes on, after <paramref name="Step"/> steps.</summary>
    public sealed record Started(long Step, long TotalSteps) : TrainingEvent;

    /// <summary>A point of a metric.</summary>
    /// <param name="Step">Optimiser steps done when it was measured.</param>
    public sealed record Measured(long Step, string Metric, double Value) : TrainingEvent;

    /// <summary>A checkpoint is complete on disk; every point up to its step was told before.</summary>
    public sealed record Saved(CheckpointManifest Checkpoint) : TrainingEvent;

    /// <summary>An end: trained, tested, and saved with the final and the best weights.</summary>
    public sealed record Finished : TrainingEvent;

    /// <summary>An end: it was asked to stop; where it is was saved and told.</summary>
    public sealed record Stopped : TrainingEvent;

    /// <summary>An end without a result.</summary>
    /// <param name="Why">A <see cref="DivergedException"/>, a <see cref="Checkpoints.CheckpointException"/>, or an <see cref="IOException"/> of the disk.</param>
    public sealed record Failed(Exception Why) : TrainingEvent;
}
