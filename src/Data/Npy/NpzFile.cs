using System.Buffers.Binary;
using System.IO.Compression;

namespace ViViT.Data.Npy;

/// <summary>A NumPy archive: a zip file of arrays, deflated or stored.</summary>
internal sealed class NpzFile : IDisposable
{
    private readonly string path;
    private readonly ZipArchive zip;

    /// <exception cref="InvalidDataException">It is no zip file.</exception>
    public NpzFile(string path)
    {
        this.path = path;
        try
        {
            zip = ZipFile.OpenRead(path);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"{path} is no .npz archive: {damaged.Message}", damaged);
        }
    }

    /// <summary>An array of bytes and its shape.</summary>
    /// <exception cref="InvalidDataException">The member is missing or damaged, or its elements are not bytes.</exception>
    public (byte[] Values, IReadOnlyList<int> Shape) Bytes(string name) => Read(name, (header, stream) =>
    {
        if (header is not { Kind: 'u', ItemSize: 1 }) throw new InvalidDataException($"its elements are {header.Kind}{header.ItemSize}, not bytes (u1)");
        var values = new byte[header.Count];
        NpyHeader.Fill(stream, values);
        return (values, header.Shape);
    });

    /// <summary>An array of any integer type and its shape.</summary>
    /// <exception cref="InvalidDataException">The member is missing or damaged, or a value is beyond 64 bits with sign.</exception>
    public (long[] Values, IReadOnlyList<int> Shape) Integers(string name) => Read(name, (header, stream) =>
    {
        var bytes = new byte[header.Count * header.ItemSize];
        NpyHeader.Fill(stream, bytes);
        var values = new long[header.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Integer(bytes.AsSpan(i * header.ItemSize, header.ItemSize), header);
        return (values, header.Shape);
    });

    public void Dispose() => zip.Dispose();

    private (T[] Values, IReadOnlyList<int> Shape) Read<T>(string name, Func<NpyHeader, Stream, (T[], IReadOnlyList<int>)> read)
    {
        var entry = zip.GetEntry(name + ".npy")
            ?? throw new InvalidDataException($"{path} has no member {name}.npy; it has {string.Join(", ", zip.Entries.Take(10).Select(other => other.FullName))}");
        try
        {
            using var stream = entry.Open();
            var header = NpyHeader.Read(stream);

            // Before anything of that size is allocated; a lying directory is caught by the reads.
            var expected = header.Length + ((long)header.Count * header.ItemSize);
            if (entry.Length != expected) throw new InvalidDataException($"its shape ({string.Join(", ", header.Shape)}) takes {expected} bytes, the archive holds {entry.Length}");
            return read(header, stream);
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException($"{path}: {entry.FullName} cannot be read: {wrong.Message}", wrong);
        }
        catch (Exception damaged) when (damaged is IOException or NotSupportedException)
        {
            throw new InvalidDataException($"{path}: {entry.FullName} cannot be read: {damaged.Message}", damaged);
        }
    }

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
