using System.Buffers.Binary;

namespace ViViT.TestKit.Fuzzing;

/// <summary>
/// Damages good input. The same seed does the same damage on every machine and in every release (SplitMix64: Steele, Lea and Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014).
/// </summary>
public sealed partial class Mutator(int seed)
{
    // Where lengths, counts and offsets go wrong.
    private static readonly ulong[] Edges =
        [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1UL << 32, 1UL << 60, (1UL << 63) - 1, 1UL << 63, ulong.MaxValue];

    // U+0000, an overlong U+0000, a surrogate, half a character, bytes that UTF-8 never has, a byte order mark.
    private static readonly byte[][] BadText = [[0], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF]];

    private ulong state = (ulong)seed;

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Random bytes.</summary>
    public byte[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)Next())];

    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number of 64 bits, often one at an edge of a smaller width.</summary>
    public long Number() => (long)(OneIn(2) ? Pick(Edges) : OneIn(2) ? Next() : Next() % 100) * (OneIn(4) ? -1 : 1);

    /// <summary>One to four edits that know nothing of the format.</summary>
    public byte[] Bytes(byte[] whole)
    {
        var bytes = whole.ToList();
        for (var edits = 1 + Below(4); edits > 0 && bytes.Count > 0; edits--) Edit(bytes);
        return [.. bytes];
    }

    /// <summary>Edits of a zip file: fields of its records take edge values, or anything happens anywhere.</summary>
    public byte[] Zip(byte[] archive)
    {
        if (OneIn(3)) return Bytes(archive);
        var damaged = (byte[])archive.Clone();
        var records = Enumerable.Range(0, damaged.Length - 4).Where(at => damaged[at] == 'P' && damaged[at + 1] == 'K' && damaged[at + 2] is 1 or 3 or 5 or 6).ToList();
        for (var edits = 1 + Below(2); edits > 0; edits--)
        {
            // Every field of every record begins at an even offset from its signature.
            var at = Pick(records) + 4 + (2 * Below(21));
            if (at + 8 <= damaged.Length) WriteEdge(damaged.AsSpan(at, 2 << Below(3)));
        }

        return damaged;
    }

    private void Edit(List<byte> bytes)
    {
        var at = Below(bytes.Count);
        var some = Math.Min(1 + Below(30), bytes.Count - at);
        switch (Below(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Below(8));
                break;
            case 1:
                bytes[at] = (byte)Next();
                break;
            case 2:
                bytes.RemoveRange(at, some);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, some));
                break;
            case 4:
                Swap(bytes, at, Below(bytes.Count), some);
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                bytes.InsertRange(at, Pick(BadText));
                break;
            case 7:
                bytes.InsertRange(at, Noise(some));
                break;
            default:
                var edge = new byte[1 << Below(4)];
                WriteEdge(edge);
                for (var i = 0; i < edge.Length && at + i < bytes.Count; i++) bytes[at + i] = edge[i];
                break;
        }
    }

    private void WriteEdge(Span<byte> field)
    {
        Span<byte> edge = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(edge, OneIn(4) ? Next() % 1000 : Pick(Edges));
        edge[..field.Length].CopyTo(field);
    }

    private static void Swap(List<byte> bytes, int one, int other, int count)
    {
        for (var i = 0; i < count && Math.Max(one, other) + i < bytes.Count; i++) (bytes[one + i], bytes[other + i]) = (bytes[other + i], bytes[one + i]);
    }

    private ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
