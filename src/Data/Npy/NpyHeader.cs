using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ViViT.Data.Npy;

/// <summary>The head of a NumPy array file: format 1.0, 2.0 or 3.0 (numpy.lib.format).</summary>
/// <param name="Kind"><c>u</c> unsigned, <c>i</c> signed, <c>b</c> boolean.</param>
/// <param name="ItemSize">Bytes an element.</param>
internal sealed partial record NpyHeader(char Kind, int ItemSize, bool BigEndian, IReadOnlyList<int> Shape, int Length)
{
    private const int LongestHeader = 64 << 10;
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <summary>Number of elements; never above <see cref="Array.MaxLength"/>.</summary>
    public int Count => (int)Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Reads up to the first element.</summary>
    /// <param name="sum">Takes in the bytes that were read.</param>
    /// <exception cref="InvalidDataException">It is not an array file that we read; the message says why.</exception>
    public static NpyHeader Read(Stream stream, ref Crc32 sum)
    {
        Span<byte> start = stackalloc byte[8];
        Fill(stream, start, ref sum);
        if (!start[..6].SequenceEqual(Magic)) throw new InvalidDataException("it does not start with \\x93NUMPY");
        if (start[6] is < 1 or > 3) throw new InvalidDataException($"its format version {start[6]}.{start[7]} is not one of 1.0, 2.0, 3.0");

        Span<byte> size = stackalloc byte[start[6] == 1 ? 2 : 4];
        Fill(stream, size, ref sum);
        var length = size.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > LongestHeader) throw new InvalidDataException($"its header claims {length} bytes");
        var text = new byte[length];
        Fill(stream, text, ref sum);
        return Parse(Encoding.UTF8.GetString(text), 8 + size.Length + (int)length);
    }

    public static void Fill(Stream stream, Span<byte> buffer, ref Crc32 sum)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length) throw new InvalidDataException("it is cut short");
        sum.Append(buffer);
    }

    private static NpyHeader Parse(string text, int length)
    {
        var type = Descr().Match(text);
        if (!type.Success) throw new InvalidDataException($"its element type is not an integer type: {Shorten(text)}");
        var (kind, size) = (type.Groups["kind"].Value[0], type.Groups["size"].Value[0] - '0');
        if (size is not (1 or 2 or 4 or 8) || (kind == 'b' && size != 1)) throw new InvalidDataException($"there is no element type '{kind}{size}'");
        if (!Order().IsMatch(text)) throw new InvalidDataException("its elements are in Fortran order, or it does not tell; save it in C order");

        var shape = ShapeTuple().Match(text);
        if (!shape.Success) throw new InvalidDataException($"it tells no shape: {Shorten(text)}");
        var extents = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(extent => int.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new InvalidDataException($"its shape ({shape.Groups[1].Value}) is not one that we read"))
            .ToArray();
        var bytes = extents.Aggregate((Int128)size, (product, extent) => product > long.MaxValue ? product : product * extent);
        if (bytes > Array.MaxLength) throw new InvalidDataException($"its shape ({shape.Groups[1].Value}) is too large to read");
        return new(kind, size, type.Groups["order"].Value == ">", extents, length);
    }

    private static string Shorten(string text) => text.Length > 80 ? text[..80] + "…" : text.Trim();

    [GeneratedRegex("'descr': *'(?<order>[<>|=]?)(?<kind>[uib])(?<size>[1248])'")]
    private static partial Regex Descr();

    [GeneratedRegex("'fortran_order': *False")]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape': *\(([0-9, ]*)\)")]
    private static partial Regex ShapeTuple();
}
