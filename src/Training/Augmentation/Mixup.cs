using ViViT.Models;
using static TorchSharp.torch;

namespace ViViT.Training.Augmentation;

/// <summary>
/// mixup (Zhang et al. 2018): each sample becomes share · itself + (1 - share) · its partner, and so does its target. As in the authors'
/// code, a batch has one share, and the partners are a random permutation of it.
/// </summary>
public static class Mixup
{
    /// <summary>Draws each member's share from Beta(alpha, alpha), then its partners, from the sequence <c>augmentation/mixup</c> of its seed and the step.</summary>
    /// <param name="seeds">One per member.</param>
    /// <param name="batch">Samples of each member.</param>
    /// <returns>Null when <paramref name="alpha"/> is 0: nothing is mixed.</returns>
    public static MixedPairs? Draw(double alpha, IReadOnlyList<int> seeds, int batch, long step, Device device)
    {
        if (alpha == 0)
        {
            return null;
        }

        var (shares, partners) = (new float[seeds.Count], new long[seeds.Count * batch]);
        for (var k = 0; k < seeds.Count; k++)
        {
            var random = RandomSequence.Of(seeds[k], "augmentation/mixup", step);
            shares[k] = (float)SymmetricBeta.Draw(alpha, random);
            var order = random.Permutation(batch);
            for (var b = 0; b < batch; b++)
            {
                partners[(k * batch) + b] = (k * batch) + order[b];
            }
        }

        return new MixedPairs(HostNumbers.To(device, partners, partners.Length), HostNumbers.To(device, shares, shares.Length));
    }

    /// <param name="x_KB">float32, [K, B, …].</param>
    /// <returns>Of the same shape.</returns>
    public static Tensor Mix(Tensor x_KB, MixedPairs mixed)
    {
        var shape = x_KB.shape;
        using var scope = NewDisposeScope();
        var partner_KBV = x_KB.reshape(shape[0] * shape[1], -1).index_select(0, mixed.Partners_R).view(shape[0], shape[1], -1);
        var share_K11 = mixed.Shares_K.view(-1, 1, 1);
        var mine_KBV = x_KB.reshape(shape[0], shape[1], -1).mul(share_K11);
        using TorchSharp.Scalar one = 1;
        return mine_KBV.addcmul_(partner_KBV, share_K11.neg().add_(one), one).view(shape).MoveToOuterDisposeScope();
    }
}
