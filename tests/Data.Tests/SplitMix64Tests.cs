namespace ViViT.Data.Tests;

public sealed class SplitMix64Tests
{
    [Fact]
    public void It_gives_the_published_numbers()
    {
        // From the authors' program at prng.di.unimi.it, seed 1234567.
        var random = new SplitMix64(1234567);

        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void A_shuffle_is_the_same_on_every_machine()
    {
        var items = Enumerable.Range(0, 8).ToArray();

        new SplitMix64(1).Shuffle<int>(items);

        Assert.Equal([4, 3, 2, 7, 5, 6, 0, 1], items);
    }
}
