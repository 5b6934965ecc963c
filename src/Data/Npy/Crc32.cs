namespace ViViT.Data.Npy;

/// <summary>The checksum of a zip member: CRC-32 with the reflected polynomial 0xEDB88320 (APPNOTE.TXT 4.4.7).</summary>
internal struct Crc32()
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    private uint register = uint.MaxValue;

    public readonly uint Value => ~register;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var (table, sum) = (Table, register);
        foreach (var value in bytes) sum = table[(byte)(sum ^ value)] ^ (sum >> 8);
        register = sum;
    }

    private static uint Entry(int index)
    {
        var entry = (uint)index;
        for (var bit = 0; bit < 8; bit++) entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320;
        return entry;
    }
}
