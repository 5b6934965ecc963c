using TorchSharp;
using static TensorSemantics.Numbers;

namespace TensorSemantics;

public sealed class RandomTests
{
    [Fact]
    public void A_generator_continues_from_a_stored_state_bit_for_bit()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(42);
        torch.randn([3], generator: generator);
        var state = generator.get_state();
        var expected = Draw(generator);

        var stored = state.bytes.ToArray();
        using var other = new torch.Generator(1);
        other.set_state(torch.tensor(stored));

        Assert.Equal(expected, Draw(other));
        generator.set_state(state);
        Assert.Equal(expected, Draw(generator));
    }

    private static double[] Draw(torch.Generator g) =>
    [
        .. Read(torch.randn([5], generator: g)), .. Read(torch.rand([5], generator: g)), .. Read(torch.randperm(7, generator: g)),
        .. Read(torch.randint(0, 100, [5L], generator: g)), .. Read(torch.empty(4).normal_(generator: g)),
        .. Read(torch.empty(4).uniform_(0, 1, g)), .. Read(torch.empty(9).bernoulli_(0.5, g)), .. Read(torch.bernoulli(torch.full(6, 0.5), g)),
    ];

    [Fact]
    public void Generators_are_independent_of_each_other_and_of_the_default_one()
    {
        using var scope = torch.NewDisposeScope();
        using var a = new torch.Generator(5);
        using var b = new torch.Generator(5);

        var first = Draw(a);
        torch.randn(100);
        using var c = new torch.Generator(6);
        Draw(c);

        Assert.Equal(first, Draw(b));
        Assert.NotEqual(first, Draw(c));
    }

    [Fact]
    public void A_seed_starts_the_same_sequence_again()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(9);
        Assert.Equal(9, generator.initial_seed());
        var first = Draw(generator);

        generator.manual_seed(9);

        Assert.Equal(first, Draw(generator));
    }

    [Fact]
    public void A_permutation_holds_every_number_once()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(3);

        var permutation = torch.randperm(100, generator: generator).data<long>().ToArray();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), permutation.Order());
        Assert.NotEqual(Enumerable.Range(0, 100).Select(i => (long)i), permutation);
    }

    [Fact]
    public void Draws_have_the_moments_that_they_should()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(11);

        var normal = torch.empty(20000).normal_(3, 2, generator);
        var uniform = torch.empty(20000).uniform_(-1, 3, generator);
        var coin = torch.empty(20000).bernoulli_(0.3, generator);

        Assert.Equal(3, normal.mean().item<float>(), 0.1);
        Assert.Equal(2, normal.std().item<float>(), 0.1);
        Assert.Equal(1, uniform.mean().item<float>(), 0.1);
        Assert.True(uniform.min().item<float>() >= -1 && uniform.max().item<float>() <= 3);
        Assert.Equal(0.3, coin.mean().item<float>(), 0.05);
    }
}

[Collection(nameof(DefaultGenerator))]
public sealed class DefaultGeneratorTests
{
    [Fact]
    public void The_default_generator_is_seeded_stored_and_set_back()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(123);
        Assert.Equal(123, torch.initial_seed());
        var state = torch.get_rng_state();
        var first = Read(torch.randn(4));

        torch.set_rng_state(state);
        Assert.Equal(first, Read(torch.randn(4)));

        torch.random.manual_seed(123);
        Assert.Equal(first, Read(torch.randn(4)));
    }
}

/// <summary>Tests that draw from the default generator run alone.</summary>
[CollectionDefinition(nameof(DefaultGenerator), DisableParallelization = true)]
public sealed class DefaultGenerator;
