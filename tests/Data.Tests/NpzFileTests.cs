using System.IO.Compression;
using ViViT.Data.Npy;

namespace ViViT.Data.Tests;

public sealed class NpzFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Bytes_come_back_in_order_from_stored_and_deflated_members(CompressionLevel level)
    {
        using var file = Open(level, Archives.Npy("|u1", "2, 3", 1, 2, 3, 4, 5, 255));

        var (values, shape) = file.Bytes("a");

        Assert.Equal([1, 2, 3, 4, 5, 255], values);
        Assert.Equal([2, 3], shape);
    }

    [Theory]
    [InlineData("|u1", new byte[] { 200 }, 200)]
    [InlineData("|i1", new byte[] { 200 }, -56)]
    [InlineData("|b1", new byte[] { 1 }, 1)]
    [InlineData("<i2", new byte[] { 0xFE, 0xFF }, -2)]
    [InlineData(">i2", new byte[] { 0xFF, 0xFE }, -2)]
    [InlineData("<u2", new byte[] { 0xFE, 0xFF }, 65534)]
    [InlineData("<i4", new byte[] { 1, 0, 0, 0x80 }, -2147483647)]
    [InlineData("<u4", new byte[] { 1, 0, 0, 0x80 }, 2147483649)]
    [InlineData("<i8", new byte[] { 7, 0, 0, 0, 0, 0, 0, 0 }, 7)]
    [InlineData(">u8", new byte[] { 0, 0, 0, 0, 0, 0, 0, 7 }, 7)]
    public void Every_integer_type_of_labels_is_read(string type, byte[] element, long expected)
    {
        using var file = Open(CompressionLevel.Optimal, Archives.Npy(type, "1, 1", element));

        Assert.Equal([expected], file.Integers("a").Values);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Later_format_versions_are_read(byte major)
    {
        using var file = Open(CompressionLevel.Optimal, Archives.Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", [9], major));

        Assert.Equal([9], file.Bytes("a").Values);
    }

    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "Fortran order", Archives.Npy("{'descr': '|u1', 'fortran_order': True, 'shape': (1,), }", [1]) },
        { "not an integer type", Archives.Npy("<f4", "1,", 0, 0, 0, 0) },
        { "does not start with", [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        { "cut short", [0x93, .. "NUMPY"u8] },
        { "the archive holds", Archives.Npy("|u1", "2,", 1) },
        { "the archive holds", Archives.Npy("|u1", "1000000000,", 1) },
        { "too large", Archives.Npy("|u1", "99999, 99999, 99999, 99999, 99999", 1) },
        { "format version", Archives.Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", [1], major: 9) },
        { "not bytes", Archives.Npy("<i2", "1,", 1, 0) },
        { "tells no shape", Archives.Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }", [1]) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_with_a_member_is_told(string expected, byte[] member)
    {
        using var file = Open(CompressionLevel.Optimal, member);

        var wrong = Assert.Throws<InvalidDataException>(() => file.Bytes("a"));

        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("a.npy", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_member_is_named_with_those_that_are_there()
    {
        using var file = Open(CompressionLevel.Optimal, Archives.Npy("|u1", "1,", 1));

        Assert.Contains("no member b.npy; it has a.npy", Assert.Throws<InvalidDataException>(() => file.Bytes("b")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Damage_anywhere_gives_the_right_answer_or_a_refusal_that_names_the_file(CompressionLevel level)
    {
        var archive = Archives.Npz(level, ("a.npy", Archives.Npy("|u1", "3, 2", 1, 2, 3, 4, 5, 6)), ("b.npy", Archives.Npy("<i2", "1,", 7, 0)));
        var random = new SplitMix64(1);
        var (right, refused) = (0, 0);
        for (var round = 0; round < 2000; round++)
        {
            var path = folder.Write("damaged.npz", Damage(archive, ref random));
            try
            {
                using var file = new NpzFile(path);
                var (values, shape) = file.Bytes("a");
                Assert.Equal([1, 2, 3, 4, 5, 6], values);
                Assert.Equal([3, 2], shape);
                right++;
            }
            catch (InvalidDataException wrong)
            {
                Assert.Contains(path, wrong.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(right > 100 && refused > 1000, $"{right} right, {refused} refused");
    }

    [Fact]
    public void An_array_that_its_packed_bytes_cannot_hold_is_refused_before_memory_is_taken_for_it()
    {
        const int Claimed = 1 << 30;
        var header = Archives.Npy("|u1", $"{Claimed},");
        var archive = Archives.Npz(CompressionLevel.Optimal, ("a.npy", header));
        BitConverter.TryWriteBytes(archive.AsSpan(archive.AsSpan().IndexOf("PK\x01\x02"u8) + 24), Claimed + header.Length);
        using var file = new NpzFile(folder.Write("bomb.npz", archive));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var wrong = Assert.Throws<InvalidDataException>(() => file.Bytes("a"));

        Assert.Contains($"cannot hold its {Claimed + header.Length} bytes", wrong.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_refused_by_name()
    {
        var path = folder.Write("text.npz", [.. "<html>not found</html>"u8]);

        Assert.Contains($"{path} is no .npz archive", Assert.Throws<InvalidDataException>(() => new NpzFile(path)).Message, StringComparison.Ordinal);
    }

    private static byte[] Damage(byte[] archive, ref SplitMix64 random)
    {
        var damaged = (byte[])archive.Clone();
        for (var changes = 1 + random.Below(3); changes > 0; changes--)
        {
            ref var changed = ref damaged[random.Below(damaged.Length)];
            changed = random.Below(2) == 0 ? (byte)(changed ^ (1 << random.Below(8))) : random.Below(2) == 0 ? byte.MaxValue : (byte)random.Below(256);
        }

        return random.Below(5) == 0 ? damaged[..random.Below(damaged.Length)] : damaged;
    }

    private NpzFile Open(CompressionLevel level, byte[] member) => new(folder.Write("test.npz", Archives.Npz(level, ("a.npy", member))));
}
