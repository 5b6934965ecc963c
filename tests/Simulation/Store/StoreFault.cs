namespace ViViT.Simulation.Tests.Store;

/// <summary>A mistake that the store makes on purpose, to see that the simulation finds it.</summary>
public enum StoreFault
{
    None,

    /// <summary>Flushes, checkpoints and outcomes count under any fence.</summary>
    FenceUnchecked,

    /// <summary>A flush counts under any number.</summary>
    FlushNumberUnchecked,

    /// <summary>Claims of a sweep do not wait for each other.</summary>
    LimitUnlocked,

    /// <summary>A write counts over any version of its row.</summary>
    VersionUnchecked,

    /// <summary>What backs off is offered at once.</summary>
    BackoffIgnored,

    /// <summary>An experiment that comes back forgets its group.</summary>
    GroupForgotten,

    /// <summary>Curves show what dead attempts did after the checkpoint that the next one resumed from.</summary>
    LineageUncut,

    /// <summary>What is cancelled or stopped while it waits keeps the summary of what it would have gone on from.</summary>
    SummaryLeftCut,

    /// <summary>A judgement is stored although another silo stored one meanwhile.</summary>
    JudgementUnnumbered,
}
