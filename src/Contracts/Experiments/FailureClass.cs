namespace ViViT.Contracts.Experiments;

/// <summary>Why an attempt ended without a result: it decides what comes next, see <see cref="FailurePolicy"/>.</summary>
public enum FailureClass
{
    /// <summary>Bad data, shape or settings: another attempt would fail alike.</summary>
    User,

    /// <summary>The device's memory was too small: a smaller group, then smaller pieces of a batch, may fit.</summary>
    OutOfMemory,

    /// <summary>The training diverged (NaN or infinite loss): a result in its own right.</summary>
    Numerical,

    /// <summary>A process, device, disk or network failed, or the worker fell silent: another attempt may well succeed.</summary>
    Infrastructure,

    /// <summary>Handed back unharmed: its slot was needed, its sweep paused, or its worker stopped.</summary>
    Preempted,

    /// <summary>Its user ended it.</summary>
    Cancelled,
}
