namespace ViViT.Simulation.Tests.Engine;

/// <summary>One life of a process: what is planned for it does not happen once it is dead, and waits while it stands still.</summary>
internal sealed class Life
{
    /// <summary>What is planned for it happens whatever becomes of processes.</summary>
    public static readonly Life Eternal = new();

    public bool IsDead { get; private set; }

    /// <summary>Until when it stands still.</summary>
    public TimeSpan StandsUntil { get; set; }

    /// <summary>How fast its clock runs: waiting a second takes so many.</summary>
    public double Pace { get; init; } = 1;

    public void End() => IsDead = true;
}
