using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ViViT.Models;

/// <summary>
/// A sequence of random numbers that is a pure function of its seed and name: SplitMix64 with an increment of its own
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). The n-th draw is
/// <c>mix(start + n · increment)</c>, so it is the same on every device, processor and version of libtorch, and where a
/// training stands says all about its generators. Not safe for concurrent use.
/// </summary>
public sealed class RandomSequence
{
    private readonly ulong increment;
    private ulong state;

    /// <param name="start">State before the first draw.</param>
    /// <param name="increment">Odd.</param>
    public RandomSequence(ulong start, ulong increment)
    {
        ArgumentOutOfRangeException.ThrowIfZero(increment & 1, nameof(increment));
        state = start;
        this.increment = increment;
    }

    /// <summary>
    /// The sequence of that name: start and increment are the first and second 8 bytes (little endian) of
    /// SHA-256 over the UTF-8 text <c>seed/name</c>, or <c>seed/name/index</c>; the increment is made odd and, as the paper asks,
    /// irregular enough (at least 24 changes between neighbouring bits).
    /// </summary>
    /// <param name="index">Tells the sequences of one name apart, e.g. the step or epoch that draws from it.</param>
    public static RandomSequence Of(int seed, string name, long? index = null)
    {
        var text = FormattableString.Invariant($"{seed}/{name}") + (index is { } i ? FormattableString.Invariant($"/{i}") : "");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var increment = BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8)) | 1;
        if (BitOperations.PopCount(increment ^ (increment >> 1)) < 24)
        {
            increment ^= 0xAAAAAAAAAAAAAAAA;
        }

        return new RandomSequence(BinaryPrimitives.ReadUInt64LittleEndian(hash), increment);
    }

    /// <summary>Sixty-four random bits.</summary>
    public ulong Next()
    {
        state += increment;
        return Mix(state);
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>), each equally likely (Lemire 2019, rejection included).</summary>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var (range, unfair) = ((ulong)bound, (0UL - (ulong)bound) % (ulong)bound);
        while (true)
        {
            var high = Math.BigMul(Next(), range, out var low);
            if (low >= unfair)
            {
                return (int)high;
            }
        }
    }

    /// <summary>What each draw adds to the state.</summary>
    internal ulong Increment => increment;

    /// <summary>Passes over so many draws.</summary>
    /// <returns>The state before the first of them.</returns>
    internal ulong Skip(long draws)
    {
        var before = state;
        state += increment * (ulong)draws;
        return before;
    }

    /// <summary>A number of [0, 1), from the upper 53 bits of one draw.</summary>
    public double NextDouble() => (Next() >> 11) / (double)(1L << 53);

    /// <summary>Fills with numbers of [low, high), from the upper 24 bits of one draw each.</summary>
    public void FillUniform(Span<float> values, double low, double high)
    {
        foreach (ref var value in values)
        {
            value = (float)(low + ((high - low) * (Next() >> 40) / (1 << 24)));
        }
    }

    /// <summary>A random order of 0 … count - 1 (Fisher–Yates).</summary>
    public long[] Permutation(int count)
    {
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            var j = NextBelow(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    /// <summary>
    /// Fills with 0 or <paramref name="kept"/>. Each draw decides four neighbouring values by its four 16-bit parts, lowest first: a part
    /// below <paramref name="threshold"/> gives 0. The probability of a 0 is thus threshold / 65536.
    /// </summary>
    public void FillMask(Span<float> mask, ushort threshold, float kept)
    {
        var perVector = Vector<ushort>.Count;
        var whole = mask.Length - (mask.Length % perVector);
        var states = Vector<ulong>.Zero;
        for (var lane = 0; lane < Vector<ulong>.Count; lane++)
        {
            states = states.WithElement(lane, state + (increment * (ulong)(lane + 1)));
        }

        var stride = new Vector<ulong>(increment * (ulong)Vector<ulong>.Count);
        var limit = new Vector<ushort>(threshold);
        var keptBits = new Vector<int>(BitConverter.SingleToInt32Bits(kept));
        var bits = MemoryMarshal.Cast<float, int>(mask);
        for (var i = 0; i < whole; i += perVector)
        {
            var keep = Vector.AsVectorInt16(Vector.GreaterThanOrEqual(Vector.AsVectorUInt16(Mix(states)), limit));
            Vector.Widen(keep, out var first, out var second);
            Vector.BitwiseAnd(first, keptBits).CopyTo(bits[i..]);
            Vector.BitwiseAnd(second, keptBits).CopyTo(bits[(i + Vector<int>.Count)..]);
            states += stride;
        }

        state += increment * (ulong)(whole / 4);
        for (var i = whole; i < mask.Length; i += 4)
        {
            var draw = Next();
            for (var part = 0; part < 4 && i + part < mask.Length; part++)
            {
                mask[i + part] = (ushort)(draw >> (16 * part)) < threshold ? 0 : kept;
            }
        }
    }

    /// <summary>Fills with the needed values of a mask, one run after the other, and passes over all draws of the whole mask.</summary>
    internal void FillMask(Span<float> mask, Blocks.MaskRuns runs, ushort threshold, float kept)
    {
        if (runs.IsWhole)
        {
            FillMask(mask, threshold, kept);
            return;
        }

        for (var run = 0; run < runs.Count; run++)
        {
            FillMaskFrom(runs.StartOf(run), mask.Slice(run * runs.Length, runs.Length), threshold, kept);
        }

        Skip((runs.Whole + 3) / 4);
    }

    // The values of a mask from one in its middle on; draws nothing.
    private void FillMaskFrom(long first, Span<float> mask, ushort threshold, float kept)
    {
        var from = new RandomSequence(state + (increment * (ulong)(first / 4)), increment);
        if ((int)(first % 4) is > 0 and var passed)
        {
            Span<float> four = stackalloc float[4];
            from.FillMask(four, threshold, kept);
            var here = Math.Min(four.Length - passed, mask.Length);
            four.Slice(passed, here).CopyTo(mask);
            mask = mask[here..];
        }

        from.FillMask(mask, threshold, kept);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static Vector<ulong> Mix(Vector<ulong> z)
    {
        z = (z ^ Vector.ShiftRightLogical(z, 30)) * new Vector<ulong>(0xBF58476D1CE4E5B9);
        z = (z ^ Vector.ShiftRightLogical(z, 27)) * new Vector<ulong>(0x94D049BB133111EB);
        return z ^ Vector.ShiftRightLogical(z, 31);
    }
}
