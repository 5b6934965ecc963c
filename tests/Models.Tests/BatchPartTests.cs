using ViViT.Models.Blocks;
using static TorchSharp.torch;

namespace ViViT.Models.Tests;

/// <summary>What a piece of a batch draws is what its samples draw within the whole batch.</summary>
public class BatchPartTests
{
    private static readonly MemberNoise[] Members = [new(0.2, 0.3, Seed: 1), new(0, 0.9, Seed: 2), new(0.7, 0, Seed: 3)];

    // Outer times a sample's groups come (frames or places), batch, heads, and the attention matrix: pieces that begin anywhere within a draw of four.
    [Theory]
    [InlineData(1, 8, 2, 4, 4, 2)]
    [InlineData(1, 7, 3, 5, 5, 2)]
    [InlineData(3, 5, 1, 3, 3, 3)]
    [InlineData(4, 6, 1, 1, 1, 1)]
    [InlineData(2, 9, 2, 9, 9, 9)]
    public void Attention_masks_of_pieces_are_slices_of_the_whole_batchs(int outer, int batch, int heads, int rows, int columns, int atOnce)
    {
        using var scope = NewDisposeScope();
        var weights = ones(Members.Length, outer, batch, heads * rows * columns);

        // Layer after layer: each goes on where the one before ended.
        var whole = new ModelNoise(Members, step: 5);
        Tensor[] layers = [.. Enumerable.Range(0, 3).Select(_ => Drop(whole, weights))];

        for (var start = 0; start < batch; start += atOnce)
        {
            var part = new BatchPart(start, Math.Min(atOnce, batch - start), batch);
            var piece = new ModelNoise(Members, step: 5, part);
            foreach (var layer in layers)
            {
                Assert.Equal(Numbers(layer.narrow(2, part.Start, part.Count)), Numbers(Drop(piece, weights.narrow(2, part.Start, part.Count))));
            }
        }

        Tensor Drop(ModelNoise noise, Tensor x) => noise.DropAttention(x.reshape(-1, rows, columns), heads).view(x.shape);
    }

    [Fact]
    public void Branches_are_taken_from_the_samples_that_the_whole_batch_takes_them_from()
    {
        using var scope = NewDisposeScope();
        const int Tokens = 3;
        const int Batch = 7;
        var branch = ones(Members.Length, Tokens, Batch, 2);
        var whole = new ModelNoise(Members, step: 5);
        Tensor[] layers = [.. Enumerable.Range(0, 3).Select(layer => Drop(whole, branch, layer))];

        foreach (var part in (BatchPart[])[new(0, 2, Batch), new(2, 4, Batch), new(6, 1, Batch)])
        {
            var piece = new ModelNoise(Members, step: 5, part);
            foreach (var (layer, expected) in layers.Index())
            {
                Assert.Equal(Numbers(expected.narrow(2, part.Start, part.Count)), Numbers(Drop(piece, branch.narrow(2, part.Start, part.Count), layer)));
            }
        }

        Assert.Contains(0f, Numbers(layers[2]));

        static Tensor Drop(ModelNoise noise, Tensor x, int layer) => noise.DropPath(x.reshape(Members.Length, -1, 2), x.shape[2], layer / 2.0).view(x.shape);
    }

    [Theory]
    [InlineData(1, 8, 32, 2)]
    [InlineData(1, 7, 75, 2)]
    [InlineData(3, 5, 9, 3)]
    [InlineData(4, 6, 1, 1)]
    public void Pieces_made_on_the_device_have_the_bits_of_those_made_on_the_host(int outer, int batch, int perSample, int atOnce)
    {
        using var scope = NewDisposeScope();
        for (var start = 0; start < batch; start += atOnce)
        {
            var part = new BatchPart(start, Math.Min(atOnce, batch - start), batch);
            var runs = MaskRuns.Of(part, outer * part.Count * perSample, perSample);
            var (here, there) = (RandomSequence.Of(4, "dropout", 5), RandomSequence.Of(4, "dropout", 5));
            for (var layer = 0; layer < 2; layer++)
            {
                var expected = new float[outer * part.Count * perSample];
                here.FillMask(expected, runs, 6554, 65536f / (65536 - 6554));

                Assert.Equal(expected, Numbers(DeviceMask.Draw([(there, (ushort)6554)], runs, CPU)));
            }
        }
    }

    private static float[] Numbers(Tensor x) => x.contiguous().data<float>().ToArray();
}
