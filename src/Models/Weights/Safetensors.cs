using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ViViT.Models.Weights;

/// <summary>
/// Reads and writes the safetensors format: 8 bytes little-endian length of the header, the header as a JSON object (name → dtype, shape,
/// data_offsets relative to the end of the header; <c>__metadata__</c> → strings), then the arrays without gaps.
/// Format: https://huggingface.co/docs/safetensors. A file is not trusted: every number in it is checked before it is used.
/// </summary>
public static class Safetensors
{
    private const int MaxHeaderBytes = 100_000_000;
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes the arrays, widest elements first (so that each lies aligned), otherwise in the given order.</summary>
    public static void Write(Stream file, IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = arrays.OrderByDescending(array => NamedArray.SizeOf(array.Type)).ToList();
        var header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var array in ordered)
        {
            file.Write(array.Data.Span);
        }
    }

    /// <summary>The arrays in the order of their bytes; they share the memory of <paramref name="file"/>.</summary>
    /// <exception cref="SafetensorsException">The bytes are not a well-formed file.</exception>
    public static SafetensorsContent Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length < 8)
        {
            throw new SafetensorsException($"{file.Length} bytes cannot hold the length of a header");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (length > (ulong)Math.Min(file.Length - 8, MaxHeaderBytes))
        {
            throw new SafetensorsException($"the header claims {length} bytes in a file of {file.Length}");
        }

        var data = file[(8 + (int)length)..];
        try
        {
            using var header = JsonDocument.Parse(file.Slice(8, (int)length));
            return Parse(header.RootElement, data);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // Text that is no Unicode (a broken UTF-8 sequence, half a surrogate pair) comes to light when it is read, as an InvalidOperationException.
            throw new SafetensorsException($"the header is not JSON: {malformed.Message.TrimEnd('.')}", malformed);
        }
    }

    private static byte[] Header(List<NamedArray> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            WriteEntries(json, ordered);
            json.WriteEndObject();
        }

        // Spaces to a multiple of 8 bytes keep the arrays aligned.
        while (bytes.Length % 8 != 0)
        {
            bytes.WriteByte((byte)' ');
        }

        return bytes.ToArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, List<NamedArray> ordered)
    {
        var names = new HashSet<string> { MetadataKey };
        var offset = 0L;
        foreach (var array in ordered)
        {
            if (!names.Add(array.Name) || NamedArray.SizeOf(array.Type, array.Shape) != array.Data.Length)
            {
                throw new ArgumentException(
                    $"'{array.Name}' is named twice, or its {array.Data.Length} bytes are not those of {array.Type} [{string.Join(", ", array.Shape)}].", nameof(ordered));
            }

            json.WriteStartObject(array.Name);
            json.WriteString("dtype", array.Type.ToString());
            WriteNumbers(json, "shape", array.Shape);
            WriteNumbers(json, "data_offsets", [offset, offset + array.Data.Length]);
            json.WriteEndObject();
            offset += array.Data.Length;
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static SafetensorsContent Parse(JsonElement header, ReadOnlyMemory<byte> data)
    {
        if (header.ValueKind != JsonValueKind.Object)
        {
            throw new SafetensorsException("the header is not a JSON object");
        }

        var metadata = new Dictionary<string, string>();
        var found = new List<(long Begin, NamedArray Array)>();
        var names = new HashSet<string>();
        foreach (var entry in header.EnumerateObject())
        {
            if (!names.Add(entry.Name))
            {
                throw new SafetensorsException($"'{entry.Name}' is in the header twice");
            }

            if (entry.Name == MetadataKey)
            {
                metadata = ParseMetadata(entry.Value);
                continue;
            }

            found.Add(ParseEntry(entry.Name, entry.Value, data));
        }

        return new SafetensorsContent(WithoutGaps(found, data.Length), metadata);
    }

    private static Dictionary<string, string> ParseMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(pair => pair.Value.ValueKind != JsonValueKind.String))
        {
            throw new SafetensorsException($"{MetadataKey} is not an object of strings");
        }

        var metadata = new Dictionary<string, string>();
        foreach (var pair in value.EnumerateObject())
        {
            metadata[pair.Name] = pair.Value.GetString()!;
        }

        return metadata;
    }

    private static (long Begin, NamedArray Array) ParseEntry(string name, JsonElement entry, ReadOnlyMemory<byte> data)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !Enum.GetNames<ArrayType>().Contains(dtype.GetString())
            || !entry.TryGetProperty("shape", out var shapeElement) || Numbers(shapeElement) is not { } shape
            || !entry.TryGetProperty("data_offsets", out var offsets) || Numbers(offsets) is not [var begin, var end])
        {
            throw new SafetensorsException($"the entry '{name}' lacks a known dtype, a shape or its data_offsets");
        }

        var type = Enum.Parse<ArrayType>(dtype.GetString()!);
        if (begin > end || end > data.Length || NamedArray.SizeOf(type, shape) != end - begin)
        {
            throw new SafetensorsException($"the entry '{name}' ({type} [{string.Join(", ", shape)}]) claims bytes {begin} to {end} of {data.Length}");
        }

        return (begin, new NamedArray(name, type, shape, data[(int)begin..(int)end]));
    }

    // Null unless a list of whole numbers from 0.
    private static List<long>? Numbers(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var numbers = new List<long>();
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var number) || number < 0)
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static List<NamedArray> WithoutGaps(List<(long Begin, NamedArray Array)> found, int length)
    {
        var offset = 0L;
        var ordered = found.OrderBy(entry => entry.Begin).ThenBy(entry => entry.Array.Data.Length).ToList();
        foreach (var (begin, array) in ordered)
        {
            if (begin != offset)
            {
                throw new SafetensorsException($"the entry '{array.Name}' begins at byte {begin}, the one before it ends at {offset}");
            }

            offset += array.Data.Length;
        }

        return offset == length
            ? [.. ordered.Select(entry => entry.Array)]
            : throw new SafetensorsException($"the entries end at byte {offset} of {length}");
    }
}

/// <summary>What a safetensors file holds.</summary>
public sealed record SafetensorsContent(IReadOnlyList<NamedArray> Arrays, IReadOnlyDictionary<string, string> Metadata);
