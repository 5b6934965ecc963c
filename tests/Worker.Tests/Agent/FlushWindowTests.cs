using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.Agent;

public sealed class FlushWindowTests
{
    private readonly FlushWindow window = new(new Held(new ExperimentId(7), 3));

    [Fact]
    public void A_flush_holds_one_chunk_a_metric_in_rising_order_of_step()
    {
        window.Seal([new("train/loss", 1, 0.5), new("validation/auc", 1, 0.9), new("train/loss", 2, double.NaN)], totalSteps: 8);

        var flush = Assert.Single(window.Unacknowledged);
        Assert.Equal((new ExperimentId(7), 3L, 0, 2L, 8L), (flush.Experiment, flush.Fence, flush.Seq, flush.Step, flush.TotalSteps));
        Assert.Equal(["train/loss", "validation/auc"], flush.Chunks.Select(chunk => chunk.Metric));
        Assert.Equal([1L, 2L], flush.Chunks[0].Steps);
        Assert.Equal([0.5, double.NaN], flush.Chunks[0].Values);
    }

    [Fact]
    public void A_flush_leaves_when_it_is_acknowledged_and_numbers_go_on()
    {
        Seal(3);

        Assert.Equal(ReportStatus.Accepted, window.Acknowledge([new(ReportStatus.Duplicate, 1), new(ReportStatus.Accepted, 2)]));
        Seal(1);

        Assert.Equal([2, 3], window.Unacknowledged.Select(flush => flush.Seq));
    }

    [Fact]
    public void A_gap_keeps_what_the_server_misses()
    {
        Seal(3);

        Assert.Equal(ReportStatus.Gap, window.Acknowledge([new(ReportStatus.Accepted, 1), new(ReportStatus.Gap, 1), new(ReportStatus.Gap, 1)]));

        Assert.Equal([1, 2], window.Unacknowledged.Select(flush => flush.Seq));
    }

    [Fact]
    public void A_gap_before_an_acknowledged_flush_cannot_be_mended()
    {
        Seal(2);
        window.Acknowledge([new(ReportStatus.Accepted, 1)]);

        var refused = Assert.Throws<RequestRefusedException>(() => window.Acknowledge([new(ReportStatus.Gap, 0)]));

        Assert.Contains("metric flush 0 of experiment 7 (fence 3), which it acknowledged before", refused.Message, StringComparison.Ordinal);
    }

    private void Seal(int flushes)
    {
        for (var i = 0; i < flushes; i++) window.Seal([new("train/loss", i + 1, 0.5)], totalSteps: 8);
    }
}
