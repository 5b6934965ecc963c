namespace ViViT.Simulation.Tests.Engine;

/// <summary>One piece of work of a process. When its database fails it, it is never continued, and <paramref name="failed"/> happens instead: an exception that nobody catches.</summary>
internal sealed class Turn(Life life, Action? failed = null)
{
    public Life Life => life;

    public void Fail() => failed?.Invoke();
}
