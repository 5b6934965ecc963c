using ViViT.Models;
using ViViT.Training.Augmentation;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

public class MixupTests
{
    private static readonly int[] Seeds = [1, 2, 3];

    [Fact]
    public void Partners_are_a_permutation_of_the_members_own_batch()
    {
        using var scope = NewDisposeScope();
        const int Batch = 17;
        var orders = new List<string>();
        for (var step = 1; step <= 20; step++)
        {
            var partners = Mixup.Draw(0.4, Seeds, Batch, step, CPU)!.Partners_R.data<long>().ToArray();
            for (var k = 0; k < Seeds.Length; k++)
            {
                var rows = partners.AsSpan(k * Batch, Batch).ToArray();
                Assert.Equal(Enumerable.Range(k * Batch, Batch).Select(row => (long)row), rows.Order());
                orders.Add(string.Join(" ", rows.Select(row => row - (k * Batch))));
            }
        }

        Assert.Equal(60, orders.Distinct().Count());
    }

    [Fact]
    public void Samples_are_mixed_with_their_partners_by_the_members_share()
    {
        using var scope = NewDisposeScope();
        const int Batch = 4;
        var pairs = Mixup.Draw(1, Seeds, Batch, step: 9, CPU)!;
        var x_KBTH = tensor(RecipeReference.Formula(3 * Batch * 6, 0)).view(3, Batch, 2, 3);

        var mixed = Mixup.Mix(x_KBTH, pairs);

        Assert.Equal(x_KBTH.shape, mixed.shape);
        var (before, after, shares) = (x_KBTH.data<float>().ToArray(), mixed.data<float>().ToArray(), pairs.Shares_K.data<float>().ToArray());
        var partners = pairs.Partners_R.data<long>().ToArray();
        for (var i = 0; i < before.Length; i++)
        {
            var (row, share) = (i / 6, shares[i / 6 / Batch]);
            Assert.Equal((share * before[i]) + ((1 - share) * before[(partners[row] * 6) + (i % 6)]), after[i], 1e-6f);
        }

        Assert.Equal(3, shares.Distinct().Count());
    }

    [Fact]
    public void Draws_are_the_same_for_the_same_seed_and_step_whoever_is_beside_it()
    {
        using var scope = NewDisposeScope();
        var (group, alone, later) = (Mixup.Draw(0.4, Seeds, 8, 5, CPU)!, Mixup.Draw(0.4, [2], 8, 5, CPU)!, Mixup.Draw(0.4, [2], 8, 6, CPU)!);

        Assert.Equal(alone.Shares_K[0].item<float>(), group.Shares_K[1].item<float>());
        Assert.Equal(alone.Partners_R.data<long>().ToArray().Select(row => row + 8), group.Partners_R.narrow(0, 8, 8).data<long>().ToArray());
        Assert.NotEqual(alone.Shares_K[0].item<float>(), later.Shares_K[0].item<float>());
    }

    [Fact]
    public void At_alpha_zero_nothing_is_mixed()
    {
        Assert.Null(Mixup.Draw(0, Seeds, 8, 1, CPU));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.500001)]
    [InlineData(0.8)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    public void Shares_have_the_moments_of_the_beta_distribution(double alpha)
    {
        var shares = Shares(alpha);

        // Beta(a, a): variance 1 / (4 (2a + 1)), fourth central moment 3 / (16 (2a + 1) (2a + 3)).
        var fourth = 3 / (16 * ((2 * alpha) + 1) * ((2 * alpha) + 3));
        var variance = 1 / (4 * ((2 * alpha) + 1));
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Equal(0.5, shares.Average(), 4 * Math.Sqrt(variance / shares.Length));
        Assert.Equal(variance, shares.Average(share => Math.Pow(share - 0.5, 2)), Math.Max(1e-3 * variance, 4 * Math.Sqrt((fourth - (variance * variance)) / shares.Length)));
        Assert.Equal(fourth, shares.Average(share => Math.Pow(share - 0.5, 4)), 0.06 * fourth);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void Shares_have_the_distribution_function_where_it_is_known(double alpha)
    {
        var shares = Shares(alpha);
        Array.Sort(shares);

        // Kolmogorov and Smirnov's largest distance; 1.95 / sqrt(n) is passed by chance once in a thousand.
        var distance = shares.Select((share, i) => Math.Abs(Below(share) - ((i + 0.5) / shares.Length))).Max();
        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(shares.Length));

        double Below(double x) => alpha switch
        {
            0.5 => 2 / Math.PI * Math.Asin(Math.Sqrt(x)),
            1 => x,
            _ => (3 * x * x) - (2 * x * x * x),
        };
    }

    [Fact]
    public void An_alpha_that_is_none_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SymmetricBeta.Draw(0, RandomSequence.Of(1, "share")));
        Assert.Throws<ArgumentOutOfRangeException>(() => SymmetricBeta.Draw(double.NaN, RandomSequence.Of(1, "share")));
        Assert.Throws<ArgumentOutOfRangeException>(() => Mixup.Draw(-1, Seeds, 8, 1, CPU));
    }

    private static double[] Shares(double alpha)
    {
        var random = RandomSequence.Of(7, "share");
        return [.. Enumerable.Range(0, 20_000).Select(_ => SymmetricBeta.Draw(alpha, random))];
    }
}
