namespace ViViT.Contracts.Experiments;

/// <summary>Where an experiment stands. The moves between them are <see cref="Experiment.Apply"/>'s alone.</summary>
public enum ExperimentState
{
    /// <summary>Known to its sweep, not yet offered to workers.</summary>
    Pending,

    /// <summary>Waits for a slot of its pool.</summary>
    Queued,

    /// <summary>A worker holds its lease.</summary>
    Running,

    /// <summary>Trained to its end; its results are stored.</summary>
    Succeeded,

    /// <summary>Ended without a result; the reason says why.</summary>
    Failed,

    /// <summary>Ended early by a stopping rule, with the results so far.</summary>
    Stopped,

    /// <summary>Ended by its user.</summary>
    Cancelled,
}

public static class ExperimentStates
{
    /// <summary>Nothing moves it any more.</summary>
    public static bool IsFinal(this ExperimentState state) => state >= ExperimentState.Succeeded;
}
