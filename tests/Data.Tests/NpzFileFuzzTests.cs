using System.Globalization;
using System.IO.Compression;
using System.Text;
using ViViT.Data.Npy;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Data.Tests;

/// <summary>An archive is somebody else's: whatever is in it, the reader gives the right answer or says what is wrong with which file.</summary>
public sealed class NpzFileFuzzTests : IDisposable
{
    private const string Header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2), }";
    private static readonly byte[] Elements = [1, 2, 3, 4, 5, 6];
    private static readonly string[] Types = ["|u1", "|i1", "|b1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8"];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void A_damaged_archive_is_read_right_or_refused_by_name(CompressionLevel level)
    {
        var archive = Archives.Npz(level, ("a.npy", Archives.Npy(Header, Elements)), ("b.npy", Archives.Npy("<i2", "1,", 7, 0)));

        Fuzz.Run(3000, mutator => mutator.Zip(archive), damaged =>
        {
            var path = folder.Write("damaged.npz", damaged);
            try
            {
                using var file = new NpzFile(path);
                var (values, shape) = file.Bytes("a");
                Assert.Equal(Elements, values);
                Assert.Equal([3, 2], shape);
                return true;
            }
            catch (InvalidDataException wrong)
            {
                return Fuzz.Refused(wrong, path);
            }
        }).HasAtLeast(accepted: 200, refused: 1500);
    }

    [Fact]
    public void A_damaged_array_in_a_sound_archive_is_read_as_it_says_or_refused_by_name()
    {
        Fuzz.Run(3000, Damage, member =>
        {
            var path = folder.Write("damaged.npz", Archives.Npz(CompressionLevel.NoCompression, ("a.npy", member)));
            using var file = new NpzFile(path);
            try
            {
                var (values, shape) = file.Bytes("a");
                Assert.Equal(values.Length, shape.Aggregate(1, (product, extent) => checked(product * extent)));
                Assert.Equal(member[^values.Length..], values);
                Assert.Equal(values.Select(value => (long)value), file.Integers("a").Values);
                return true;
            }
            catch (InvalidDataException wrong)
            {
                return Fuzz.Refused(wrong, path, "a.npy");
            }
        }).HasAtLeast(accepted: 200, refused: 1500);

        static byte[] Damage(Mutator mutator) => mutator.Below(3) switch
        {
            0 => mutator.Bytes(Archives.Npy(Header, Elements)),
            1 => Archives.Npy(Encoding.Latin1.GetString(mutator.Text(Header)), Elements),
            _ => Archives.Npy("|u1", string.Join(", ", Enumerable.Range(0, mutator.Below(5)).Select(_ => mutator.OneIn(2) ? mutator.Below(4) : Math.Abs(mutator.Number() / 2))), Elements[..mutator.Below(7)]),
        };
    }

    [Fact]
    public void What_is_written_is_read_back_for_every_type_and_shape()
    {
        Fuzz.Run(1000, mutator =>
        {
            var shape = Enumerable.Range(0, mutator.Below(4)).Select(_ => mutator.Below(6)).ToArray();
            var type = mutator.Pick(Types);
            var values = Enumerable.Range(0, shape.Aggregate(1, (product, extent) => product * extent)).Select(_ => Fit(mutator.Number(), type)).ToArray();
            return (Type: type, Shape: shape, Values: values);
        }, array =>
        {
            var member = Archives.Npy(array.Type, string.Concat(array.Shape.Select(extent => $"{extent}, ")), [.. array.Values.SelectMany(value => Element(value, array.Type))]);
            using var file = new NpzFile(folder.Write("sound.npz", Archives.Npz(CompressionLevel.Fastest, ("a.npy", member))));

            var (values, shape) = file.Integers("a");

            Assert.Equal(array.Values, values);
            Assert.Equal(array.Shape, shape);
            return true;
        }).HasAtLeast(accepted: 1000, refused: 0);
    }

    private static int Size(string type) => int.Parse(type[2..], CultureInfo.InvariantCulture);

    // The number cut down to the type.
    private static long Fit(long number, string type)
    {
        var unused = 64 - (8 * Size(type));
        return type[1] == 'i' ? number << unused >> unused : (long)((ulong)number << unused >> unused);
    }

    private static byte[] Element(long value, string type)
    {
        var little = BitConverter.GetBytes(value)[..Size(type)];
        return type[0] == '>' ? [.. little.Reverse()] : little;
    }
}
