using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using ViViT.Models.Weights;

namespace ViViT.Models.Tests;

public class SafetensorsTests
{
    private static readonly NamedArray[] Arrays =
    [
        new("bytes", ArrayType.U8, [3], new byte[] { 1, 2, 3 }),
        new("weight \"q\"", ArrayType.F32, [2, 2], Floats(1, -2, 3.5f, float.NaN)),
        new("count", ArrayType.I64, [], BitConverter.GetBytes(-7L)),
        new("none", ArrayType.F32, [0, 4], Array.Empty<byte>()),
    ];

    [Fact]
    public void What_is_written_is_read_back()
    {
        var content = Safetensors.Read(Write(Arrays, new Dictionary<string, string> { ["step"] = "12" }));

        Assert.Equal("12", content.Metadata["step"]);
        Assert.Equal(Arrays.Length, content.Arrays.Count);
        foreach (var array in Arrays)
        {
            var read = content.Arrays.Single(other => other.Name == array.Name);
            Assert.Equal((array.Type, string.Join(",", array.Shape)), (read.Type, string.Join(",", read.Shape)));
            Assert.Equal(array.Data.ToArray(), read.Data.ToArray());
        }
    }

    [Fact]
    public void The_bytes_are_the_formats_length_header_and_aligned_arrays()
    {
        var file = Write(Arrays);

        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var text = Encoding.UTF8.GetString(file, 8, length);
        var header = JsonDocument.Parse(text).RootElement;
        var entry = header.GetProperty("weight \"q\"");

        Assert.StartsWith("{", text, StringComparison.Ordinal);
        Assert.Equal(0, length % 8);
        Assert.Equal("F32", entry.GetProperty("dtype").GetString());
        Assert.Equal([2, 2], entry.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal([8, 24], entry.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal(3.5f, BitConverter.ToSingle(file, 8 + length + 8 + 8));
        Assert.Equal(8 + length + 8 + 16 + 3, file.Length);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "claims bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "claims bytes 0 to 8 of 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 8, "claims bytes 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "claims bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "lacks a known dtype, a shape")]
    [InlineData("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "lacks a known dtype")]
    [InlineData("""{"a":{"dtype":"3","shape":[1],"data_offsets":[0,4]}}""", 4, "lacks a known dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "lacks a known dtype, a shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "data_offsets")]
    [InlineData("""{"a":7}""", 0, "'a' lacks")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "begins at byte 0")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "begins at byte 1")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2, "end at byte 1 of 2")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__")]
    [InlineData("""[]""", 0, "not a JSON object")]
    [InlineData("""{"a":""", 0, "not JSON")]
    public void A_header_that_lies_is_refused(string header, int dataBytes, string expected)
    {
        var refused = Assert.Throws<SafetensorsException>(() => Safetensors.Read(File(header, dataBytes)));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 123, 125 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 })]
    public void A_file_shorter_than_its_header_is_refused(byte[] file)
    {
        Assert.Throws<SafetensorsException>(() => Safetensors.Read(file));
    }

    [Fact]
    public void Every_truncation_of_a_good_file_is_refused()
    {
        var file = Write(Arrays);

        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<SafetensorsException>(() => Safetensors.Read(file.AsMemory(0, length)));
        }
    }

    [Fact]
    public void An_array_whose_bytes_do_not_fit_its_shape_is_not_written()
    {
        Assert.Throws<ArgumentException>(() => Write([new("a", ArrayType.F32, [2], new byte[4])]));
    }

    private static byte[] Write(NamedArray[] arrays, Dictionary<string, string>? metadata = null)
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, arrays, metadata);
        return file.ToArray();
    }

    private static byte[] File(string header, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[dataBytes]];
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
