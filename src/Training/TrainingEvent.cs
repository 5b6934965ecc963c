using ViViT.Contracts.Wire;

namespace ViViT.Training;

/// <summary>What a training tells while it runs, in order.</summary>
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
}
