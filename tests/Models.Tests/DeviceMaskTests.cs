using TorchSharp;
using ViViT.Models.Blocks;
using static TorchSharp.torch;

namespace ViViT.Models.Tests;

public class DeviceMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(37)]
    [InlineData(2 * 27 * 27)]
    [InlineData(4096)]
    public void A_mask_made_on_the_device_has_the_bits_of_one_made_on_the_host(int perMember)
    {
        using var scope = NewDisposeScope();
        (int Seed, ushort Threshold)[] members = [(1, 6554), (2, 0), (3, 40000), (-7, 1)];
        var (here, there) = (Sequences(), Sequences());

        // Draw after draw: both go on where they were.
        for (var draw = 0; draw < 3; draw++)
        {
            var expected = new float[members.Length * perMember];
            expected.AsSpan().Fill(1);
            for (var k = 0; k < members.Length; k++)
            {
                if (members[k].Threshold > 0)
                {
                    here[k].FillMask(expected.AsSpan(k * perMember, perMember), members[k].Threshold, 65536f / (65536 - members[k].Threshold));
                }
            }

            var found = DeviceMask.Draw([.. there.Zip(members, (sequence, member) => (sequence, member.Threshold))], MaskRuns.All(perMember), CPU);

            Assert.Equal([members.Length, perMember], found.shape);
            Assert.Equal(expected, found.data<float>().ToArray());
        }

        RandomSequence[] Sequences() => [.. members.Select(member => RandomSequence.Of(member.Seed, "dropout", 5))];
    }
}
