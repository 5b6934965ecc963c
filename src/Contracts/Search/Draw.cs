namespace ViViT.Contracts.Search;

/// <summary>
/// Random numbers without a state: the same seed, name and index always give the same number, on every machine and in every order of asking.
/// The mixing function is SplitMix64's (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014); names are
/// hashed by FNV-1a.
/// </summary>
internal static class Draw
{
    /// <summary>64 random bits.</summary>
    public static ulong Bits(int seed, string name, long index)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 0x100000001B3UL;
        }

        return Mix(Mix(hash + Mix((ulong)seed)) + (ulong)index);
    }

    /// <summary>Uniform in [0, 1): 53 bits.</summary>
    public static double Uniform(int seed, string name, long index) => (Bits(seed, name, index) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
