using System.Text.Json;
using ViViT.Contracts.Specs;
using ViViT.Silo.Api;

namespace ViViT.Silo.Tests;

public sealed class SpecReaderTests
{
    [Fact]
    public void A_sweep_is_read_with_its_grid()
    {
        var (spec, problems) = Read("""{"name": "a", "experiment": {"data": {"name": "shapes3d"}}, "grid": {"seed": [1, 2]}}""");

        Assert.Empty(problems);
        Assert.Equal(["seed"], spec!.Grid.Keys);
    }

    [Fact]
    public void Every_key_that_nobody_reads_is_named_with_the_one_that_was_probably_meant()
    {
        var (spec, problems) = Read("""{"name": "a", "poool": "x", "experiment": {"data": {"name": "shapes3d"}, "training": {"learning_rat": 1, "epochs": 2}}}""");

        Assert.Null(spec);
        Assert.Equal(
            [new SpecProblem("poool", "there is no such key", "Did you mean 'pool'?"),
             new SpecProblem("experiment.training.learning_rat", "there is no such key", "Did you mean 'learning_rate'?")],
            problems);
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_told_with_its_place()
    {
        var (spec, problems) = Read("""{"name": "a", "experiment": {"data": {"name": "shapes3d"}, "training": {"epochs": "many"}}}""");

        Assert.Null(spec);
        Assert.Equal("experiment.training.epochs", Assert.Single(problems).Path);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("3")]
    [InlineData("{}")]
    public void A_body_that_is_no_sweep_is_a_problem(string body)
    {
        var (spec, problems) = Read(body);

        Assert.Null(spec);
        Assert.Single(problems);
    }

    private static (SweepSpec? Spec, IReadOnlyList<SpecProblem> Problems) Read(string body)
    {
        using var document = JsonDocument.Parse(body);
        return SpecReader.Read(document.RootElement);
    }
}
