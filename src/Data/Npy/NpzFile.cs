using System.Buffers.Binary;
using System.IO.Compression;

namespace ViViT.Data.Npy;

/// <summary>A NumPy archive: a zip file of arrays, deflated or stored. What it hands out has the checksum that the archive tells.</summary>
internal sealed class NpzFile : IDisposable
{
    // Deflate spends two bits at least on a run of 258 bytes.
    private const int MostInflation = 1032;

    private readonly string path;
    private readonly ZipArchive zip;

    /// <exception cref="InvalidDataException">It is no zip file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public NpzFile(string path)
    {
        this.path = path;
        var file = File.OpenRead(path);
        try
        {
            zip = new ZipArchive(file, ZipArchiveMode.Read);
            _ = zip.Entries; // reads the directory, whose damage is told here
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
            file.Dispose();
            throw new InvalidDataException($"{path} is no .npz archive: {damaged.Message}", damaged);
        }
    }

    /// <summary>An array of bytes and its shape.</summary>
    /// <exception cref="InvalidDataException">The member is missing or damaged, or its elements are not bytes.</exception>
    public (byte[] Values, IReadOnlyList<int> Shape) Bytes(string name) => Read(name, (header, elements) =>
        header is { Kind: 'u', ItemSize: 1 } ? elements : throw new InvalidDataException($"its elements are {header.Kind}{header.ItemSize}, not bytes (u1)"));

    /// <summary>An array of any integer type and its shape.</summary>
    /// <exception cref="InvalidDataException">The member is missing or damaged, or a value is beyond 64 bits with sign.</exception>
    public (long[] Values, IReadOnlyList<int> Shape) Integers(string name) => Read(name, (header, elements) =>
    {
        var values = new long[header.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Integer(elements.AsSpan(i * header.ItemSize, header.ItemSize), header);
        return values;
    });

    public void Dispose() => zip.Dispose();

    private (T[] Values, IReadOnlyList<int> Shape) Read<T>(string name, Func<NpyHeader, byte[], T[]> convert)
    {
        var entry = zip.GetEntry(name + ".npy")
            ?? throw new InvalidDataException($"{path} has no member {name}.npy; it has {string.Join(", ", zip.Entries.Take(10).Select(other => other.FullName))}");
        try
        {
            var (header, elements) = Elements(entry);
            return (convert(header, elements), header.Shape);
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
            throw new InvalidDataException($"{path}: {entry.FullName} cannot be read: {damaged.Message}", damaged);
        }
    }

    private static (NpyHeader Header, byte[] Elements) Elements(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var sum = new Crc32();
        var header = NpyHeader.Read(stream, ref sum);

        // Before anything of that size is allocated: Open saw to it that the packed bytes are really there.
        var expected = header.Length + ((long)header.Count * header.ItemSize);
        if (entry.Length != expected) throw new InvalidDataException($"its shape ({string.Join(", ", header.Shape)}) takes {expected} bytes, the archive holds {entry.Length}");
        if (expected > entry.CompressedLength * MostInflation) throw new InvalidDataException($"{entry.CompressedLength} packed bytes cannot hold its {expected} bytes");

        var elements = new byte[expected - header.Length];
        NpyHeader.Fill(stream, elements, ref sum);
        return sum.Value == entry.Crc32 ? (header, elements) : throw new InvalidDataException($"its checksum is {sum.Value:x8}, the archive tells {entry.Crc32:x8}");
    }

    private static bool IsDamage(Exception fault) => fault is InvalidDataException or IOException or NotSupportedException;

    private static long Integer(ReadOnlySpan<byte> bytes, NpyHeader header)
    {
        Span<byte> little = stackalloc byte[8];
        bytes.CopyTo(little);
        if (header.BigEndian) little[..bytes.Length].Reverse();
        var value = BinaryPrimitives.ReadInt64LittleEndian(little);
        var unused = 64 - (8 * bytes.Length);
        if (header.Kind == 'i') return value << unused >> unused;
        return value >= 0 ? value : throw new InvalidDataException($"it holds {(ulong)value}, which is beyond every label");
    }
}
