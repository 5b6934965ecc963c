namespace ViViT.Contracts.Search;

/// <summary>
/// Sobol's sequence in the Gray code order of Antonov and Saleev, and scrambled by Owen's nested permutations. The permutations are drawn
/// by hashing (Laine and Karras 2011, with the constants of Burley, "Practical hash-based Owen scrambling", JCGT 2020).
/// </summary>
internal static class Sobol
{
    /// <summary>Dimensions that there are direction numbers for.</summary>
    public static int Dimensions => SobolDirections.Dimensions;

    /// <summary>A coordinate of the plain sequence, as a binary fraction of 32 digits.</summary>
    /// <param name="index">Point, from 0: the origin.</param>
    /// <param name="dimension">From 0.</param>
    public static uint Digits(uint index, int dimension)
    {
        var numbers = SobolDirections.Of(dimension);
        var (digits, code) = (0u, index ^ (index >> 1));
        for (var digit = 0; code != 0; digit++, code >>= 1)
        {
            if ((code & 1) == 1) digits ^= numbers[digit];
        }

        return digits;
    }

    /// <summary>A coordinate of the scrambled sequence in [0, 1).</summary>
    /// <param name="seed">Of the dimension: dimensions must have different ones.</param>
    public static double Scrambled(uint index, int dimension, uint seed) => Scramble(Digits(index, dimension), seed) * (1.0 / 4294967296.0);

    // A bit is flipped or not by a hash of the bits above it: reversed, of those below.
    private static uint Scramble(uint digits, uint seed)
    {
        var x = Reverse(digits);
        x += seed;
        x ^= x * 0x6C50B47Cu;
        x ^= x * 0xB82F1E52u;
        x ^= x * 0xC7AFE638u;
        x ^= x * 0x8D22F6E6u;
        return Reverse(x);
    }

    private static uint Reverse(uint x)
    {
        x = (x >> 16) | (x << 16);
        x = ((x & 0xFF00FF00) >> 8) | ((x & 0x00FF00FF) << 8);
        x = ((x & 0xF0F0F0F0) >> 4) | ((x & 0x0F0F0F0F) << 4);
        x = ((x & 0xCCCCCCCC) >> 2) | ((x & 0x33333333) << 2);
        return ((x & 0xAAAAAAAA) >> 1) | ((x & 0x55555555) << 1);
    }
}
