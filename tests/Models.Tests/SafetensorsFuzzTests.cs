using System.Text;
using ViViT.Models.Weights;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Models.Tests;

/// <summary>A weight file is somebody else's: it is read as it says, or refused with what is wrong.</summary>
public sealed class SafetensorsFuzzTests
{
    private const string Header = """
        {"__metadata__":{"step":"12","model":"vivit"},"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"none":{"dtype":"BF16","shape":[0,4],"data_offsets":[32,32]},"bytes":{"dtype":"U8","shape":[3],"data_offsets":[32,35]}}
        """;

    private static readonly ArrayType[] Types = Enum.GetValues<ArrayType>();

    [Fact]
    public void A_damaged_file_is_read_as_it_says_or_refused()
    {
        var sound = File(Encoding.UTF8.GetBytes(Header), length: null);

        Fuzz.Run(5000, mutator => mutator.Below(4) switch
        {
            0 => mutator.Bytes(sound),
            1 => File(mutator.Json(Header), mutator.Number()),
            _ => File(mutator.Json(Header), length: null),
        }, damaged =>
        {
            try
            {
                var read = Safetensors.Read(damaged);
                Assert.Equal(damaged.Length - 8 - BitConverter.ToInt64(damaged), read.Arrays.Sum(array => array.Data.Length));
                AssertSame(read, Safetensors.Read(Write(read.Arrays, read.Metadata)));
                return true;
            }
            catch (SafetensorsException wrong)
            {
                return Fuzz.Refused(wrong, "Not a usable safetensors file: ");
            }
        }).HasAtLeast(accepted: 50, refused: 2000);
    }

    [Fact]
    public void What_is_written_is_read_back_for_every_type_shape_and_name()
    {
        Fuzz.Run(2000, mutator => new SafetensorsContent(
            [.. Enumerable.Range(0, mutator.Below(6)).Select(index => Array($"{index}{Text(mutator)}", mutator))],
            Enumerable.Range(0, mutator.Below(3)).ToDictionary(index => $"{Text(mutator)}{index}", _ => Text(mutator))),
            content =>
            {
                AssertSame(content, Safetensors.Read(Write(content.Arrays, content.Metadata)));
                return true;
            }).HasAtLeast(accepted: 2000, refused: 0);
    }

    private static NamedArray Array(string name, Mutator mutator)
    {
        var (type, shape) = (mutator.Pick(Types), Enumerable.Range(0, mutator.Below(4)).Select(_ => (long)mutator.Below(5)).ToArray());
        return new(name, type, shape, mutator.Noise((int)NamedArray.SizeOf(type, shape)!));
    }

    private static string Text(Mutator mutator) => mutator.Pick(["", "q", "blocks.0.attention", "\"", "\\", "\n", "é", "😀", "\0", "</script>"]);

    private static void AssertSame(SafetensorsContent expected, SafetensorsContent read)
    {
        Assert.Equal(expected.Metadata, read.Metadata);
        Assert.Equal(expected.Arrays.Select(Say).Order(), read.Arrays.Select(Say).Order());
    }

    private static string Say(NamedArray array) => $"{array.Name} {array.Type} [{string.Join(", ", array.Shape)}] {Convert.ToHexString(array.Data.Span)}";

    private static byte[] Write(IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, arrays, metadata);
        return file.ToArray();
    }

    private static byte[] File(byte[] header, long? length) => [.. BitConverter.GetBytes(length ?? header.Length), .. header, .. Enumerable.Range(1, 35).Select(value => (byte)value)];
}
