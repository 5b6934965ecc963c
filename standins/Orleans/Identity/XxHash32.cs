using System.Buffers.Binary;
using System.Numerics;

namespace Orleans.StandIn;

/// <summary>xxHash, 32 bits, seed 0 (https://xxhash.com): the hash under which Orleans places grains on its ring and reminder tables store them.</summary>
internal static class XxHash32
{
    private const uint Prime1 = 0x9E3779B1, Prime2 = 0x85EBCA77, Prime3 = 0xC2B2AE3D, Prime4 = 0x27D4EB2F, Prime5 = 0x165667B1;

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var length = (uint)data.Length;
            var hash = Prime5;
            if (data.Length >= 16)
            {
                uint a = Prime1 + Prime2, b = Prime2, c = 0, d = 0 - Prime1;
                for (; data.Length >= 16; data = data[16..])
                {
                    a = Round(a, data);
                    b = Round(b, data[4..]);
                    c = Round(c, data[8..]);
                    d = Round(d, data[12..]);
                }

                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7)
                    + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            }

            hash += length;
            for (; data.Length >= 4; data = data[4..])
                hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime3, 17) * Prime4;
            foreach (var one in data)
                hash = BitOperations.RotateLeft(hash + one * Prime5, 11) * Prime1;

            hash = (hash ^ (hash >> 15)) * Prime2;
            hash = (hash ^ (hash >> 13)) * Prime3;
            return hash ^ (hash >> 16);
        }
    }

    private static uint Round(uint lane, ReadOnlySpan<byte> data)
        => unchecked(BitOperations.RotateLeft(lane + BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime2, 13) * Prime1);
}
