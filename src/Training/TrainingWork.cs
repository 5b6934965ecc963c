namespace ViViT.Training;

/// <summary>What a training did and how long it took, for whoever counts: told on the training thread as it happens. Nothing waits for the device for its sake.</summary>
public abstract record TrainingWork
{
    private TrainingWork()
    {
    }

    /// <summary>An optimiser step of the group.</summary>
    /// <param name="Samples">Of all members that are in training.</param>
    /// <param name="Took">
    /// Until the thread could go on: a device that computes by itself makes it wait only when the loss is read or too much is queued, so that
    /// single steps say little there, and many of them the truth.
    /// </param>
    public sealed record Stepped(int Samples, TimeSpan Took) : TrainingWork;

    /// <summary>A member's checkpoint went from the device to the disk.</summary>
    public sealed record Wrote(int Place, long Bytes, TimeSpan Took) : TrainingWork;

    /// <summary>A member's checkpoint came back.</summary>
    public sealed record Read(int Place, long Bytes, TimeSpan Took) : TrainingWork;
}
