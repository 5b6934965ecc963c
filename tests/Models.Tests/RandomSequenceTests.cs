using ViViT.Models;

namespace ViViT.Models.Tests;

public class RandomSequenceTests
{
    [Fact]
    public void With_the_golden_increment_it_is_the_published_SplitMix64()
    {
        var sequence = new RandomSequence(1234567, 0x9E3779B97F4A7C15);

        ulong[] drawn = [sequence.Next(), sequence.Next(), sequence.Next(), sequence.Next(), sequence.Next()];

        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL], drawn);
    }

    [Fact]
    public void Sequences_differ_by_seed_name_and_index_and_repeat_otherwise()
    {
        ulong[] first = [RandomSequence.Of(0, "a").Next(), RandomSequence.Of(1, "a").Next(), RandomSequence.Of(0, "b").Next(), RandomSequence.Of(0, "a", 0).Next(), RandomSequence.Of(0, "a", 1).Next()];

        Assert.Equal(5, first.Distinct().Count());
        Assert.Equal(first[0], RandomSequence.Of(0, "a").Next());
    }

    [Fact]
    public void A_named_sequence_never_changes_between_versions()
    {
        Assert.Equal(FirstDrawOfDropout, RandomSequence.Of(7, "dropout", 3).Next());
    }

    // Computed from the definition by another program (SHA-256 of "7/dropout/3").
    private const ulong FirstDrawOfDropout = 8484093288535488934;

    [Fact]
    public void A_permutation_holds_every_number_once_and_puts_none_at_a_favoured_place()
    {
        var places = new int[5, 5];
        for (var seed = 0; seed < 5000; seed++)
        {
            var order = RandomSequence.Of(seed, "order").Permutation(5);
            Assert.Equal([0L, 1, 2, 3, 4], order.Order());
            for (var i = 0; i < 5; i++)
            {
                places[i, order[i]]++;
            }
        }

        Assert.All(places.Cast<int>(), count => Assert.InRange(count, 880, 1120));
    }

    [Fact]
    public void Uniform_numbers_stay_in_range_and_average_to_its_middle()
    {
        var values = new float[20_000];

        RandomSequence.Of(0, "u").FillUniform(values, -0.5, 1.5);

        Assert.All(values, value => Assert.InRange(value, -0.5f, 1.5f));
        Assert.Equal(0.5, values.Average(), 0.02);
        Assert.Equal(4.0 / 12, values.Select(v => (v - 0.5) * (v - 0.5)).Average(), 0.01);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1003)]
    public void A_mask_is_that_of_the_plain_definition_whatever_the_vector_width(int length)
    {
        var plain = RandomSequence.Of(3, "mask");
        var expected = new float[length];
        for (var i = 0; i < length; i += 4)
        {
            var draw = plain.Next();
            for (var part = 0; part < 4 && i + part < length; part++)
            {
                expected[i + part] = ((draw >> (16 * part)) & 0xFFFF) < 20_000 ? 0 : 1.5f;
            }
        }

        var sequence = RandomSequence.Of(3, "mask");
        var mask = new float[length];
        sequence.FillMask(mask, 20_000, 1.5f);

        Assert.Equal(expected, mask);
        Assert.Equal(plain.Next(), sequence.Next());
    }

    [Fact]
    public void A_mask_drops_with_the_probability_asked_for()
    {
        var mask = new float[200_000];

        RandomSequence.Of(0, "mask").FillMask(mask, 6554, 1);

        Assert.Equal(0.1, mask.Count(value => value == 0) / 200_000.0, 0.003);
    }
}
