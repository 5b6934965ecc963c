namespace ViViT.Simulation.Tests.Engine;

/// <summary>The only source of chance of a simulation: SplitMix64 (Steele, Lea and Flood 2014), the same numbers on every runtime.</summary>
internal sealed class Dice(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    public ulong Bits() => Mixed(state = unchecked(state + Step));

    /// <summary>A number from 0 to below the limit.</summary>
    public int Below(int limit) => (int)((Bits() >> 33) % (ulong)limit);

    /// <summary>A number in [0, 1).</summary>
    public double Share() => (Bits() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => probability > 0 && Share() < probability;

    public TimeSpan Seconds(double least, double most) => TimeSpan.FromTicks((long)((least + (Share() * (most - least))) * TimeSpan.TicksPerSecond));

    public T Of<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>A number that is the same for the same arguments.</summary>
    public static ulong Hash(params ReadOnlySpan<long> numbers)
    {
        var hash = Step;
        foreach (var number in numbers) hash = Mixed(unchecked((hash ^ (ulong)number) + Step));
        return hash;
    }

    private static ulong Mixed(ulong z)
    {
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
