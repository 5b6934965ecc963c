using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Silo.Api;

namespace ViViT.Silo.Tests;

public sealed class MetricFlushCheckTests
{
    [Fact]
    public void A_flush_in_the_promised_form_has_no_problem()
    {
        Assert.Null(Check(new MetricChunk("train/loss", [1, 5, 9], [0.5, double.NaN, 0.1])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("train loss")]
    [InlineData("loss\n")]
    [InlineData("loss';--")]
    public void A_name_with_other_characters_is_refused(string name)
    {
        Assert.Contains("is no metric's name", Check(new MetricChunk(name, [1], [1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_and_values_come_in_pairs()
    {
        Assert.Contains("2 steps and 1 values", Check(new MetricChunk("loss", [1, 2], [1])), StringComparison.Ordinal);
        Assert.Contains("0 steps and 0 values", Check(new MetricChunk("loss", [], [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(-1, 2)]
    public void Steps_rise_from_zero(long first, long second)
    {
        Assert.Contains("rising order", Check(new MetricChunk("loss", [first, second], [1, 1])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_comes_in_one_chunk()
    {
        Assert.Contains("'loss' comes in two chunks", Check(new MetricChunk("loss", [5], [1]), new MetricChunk("loss", [1], [1])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_tells_its_experiment_and_flush()
    {
        Assert.StartsWith("experiment 7, flush 3: ", Check(new MetricChunk("a b", [1], [1])), StringComparison.Ordinal);
    }

    private static string? Check(params MetricChunk[] chunks) =>
        MetricFlushCheck.Problem([new MetricFlush(new ExperimentId(7), Fence: 1, Seq: 3, Step: 9, TotalSteps: 10, chunks)]);
}
