using ViViT.Contracts.Search;

namespace ViViT.Contracts.Tests.Search;

public sealed class SobolTests
{
    [Fact]
    public void The_first_points_are_those_that_its_authors_publish()
    {
        double[][] published =
        [
            [0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75], [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125], [0.625, 0.125, 0.875], [0.125, 0.625, 0.375], [0.1875, 0.3125, 0.9375], [0.6875, 0.8125, 0.4375],
        ];

        Assert.Equal(published, Enumerable.Range(0, 10).Select(index => Enumerable.Range(0, 3).Select(dimension => Sobol.Digits((uint)index, dimension) / 4294967296.0).ToArray()));
    }

    // torch.quasirandom.SobolEngine(51), which reads the same direction numbers: these points times 1024.
    [Theory]
    [InlineData(517, "899 641 849 631 597 195 501 547 3 809 617 247 827 495 649 717 255 775 73 833 849 433 571 543 843 11 23 849 263 147 1021 47 605 9 755 531 967 209 361 953 381 15 973 965 391 325 707 675 489 197 255")]
    [InlineData(1000, "225 99 531 693 287 929 47 921 513 71 87 261 165 393 147 379 737 353 1015 743 535 563 973 553 597 929 41 1003 61 349 151 149 303 607 821 789 869 851 315 491 935 261 983 719 861 95 893 941 1023 491 361")]
    public void In_51_dimensions_it_is_the_sequence_that_PyTorch_draws(int index, string expected) =>
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 51).Select(dimension => Sobol.Digits((uint)index, dimension) >> 22)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(77)]
    public void Scrambled_or_not_each_dimension_fills_every_interval_of_a_power_of_two_once(int seed)
    {
        for (var dimension = 0; dimension < Sobol.Dimensions; dimension++)
        {
            var (plain, scrambled) = (Intervals(index => Sobol.Digits((uint)index, dimension) >> 24), Intervals(index => (uint)(256 * Sobol.Scrambled((uint)index, dimension, (uint)Draw.Bits(seed, "scramble", dimension)))));
            Assert.Equal(256, plain);
            Assert.Equal(256, scrambled);
        }

        static int Intervals(Func<int, uint> place) => Enumerable.Range(0, 256).Select(place).Distinct().Count();
    }

    [Fact]
    public void Its_discrepancy_is_below_that_of_random_points_for_every_seed()
    {
        const int Points = 128;
        const int Dimensions = 5;
        var (even, random) = (new List<double>(), new List<double>());
        for (var seed = 0; seed < 20; seed++)
        {
            even.Add(Discrepancy((index, dimension) => Sobol.Scrambled((uint)index, dimension, (uint)Draw.Bits(seed, "scramble", dimension))));
            random.Add(Discrepancy((index, dimension) => Draw.Uniform(seed, $"{dimension}", index)));
        }

        Assert.True(even.Max() < random.Min());
        Assert.True(even.Average() < 0.4 * random.Average());
        Assert.Equal(20, even.Distinct().Count());

        // The centred L2 discrepancy of Hickernell 1998, equation 5.1c.
        double Discrepancy(Func<int, int, double> draw)
        {
            double[][] points = [.. Enumerable.Range(0, Points).Select(index => Enumerable.Range(0, Dimensions).Select(dimension => draw(index, dimension) - 0.5).ToArray())];
            var single = points.Sum(x => x.Aggregate(1.0, (product, at) => product * (1 + (Math.Abs(at) / 2) - (at * at / 2))));
            var pairs = points.Sum(x => points.Sum(y => x.Zip(y).Aggregate(1.0, (product, at) => product * (1 + (Math.Abs(at.First) / 2) + (Math.Abs(at.Second) / 2) - (Math.Abs(at.First - at.Second) / 2)))));
            return Math.Sqrt(Math.Pow(13.0 / 12, Dimensions) - (2.0 / Points * single) + (pairs / Points / Points));
        }
    }

    [Fact]
    public void Draws_are_even_and_depend_on_seed_name_and_index_alone()
    {
        double[] draws = [.. Enumerable.Range(0, 10_000).Select(index => Draw.Uniform(3, "training.learning_rate", index))];

        Assert.InRange(draws.Average(), 0.49, 0.51);
        Assert.All(Enumerable.Range(0, 10), tenth => Assert.InRange(draws.Count(draw => (int)(draw * 10) == tenth), 900, 1100));
        Assert.Equal(0.82686777772798259, Draw.Uniform(0, "a", 0));
        Assert.Equal(4, new HashSet<double> { Draw.Uniform(0, "a", 0), Draw.Uniform(1, "a", 0), Draw.Uniform(0, "b", 0), Draw.Uniform(0, "a", 1) }.Count);
    }
}
