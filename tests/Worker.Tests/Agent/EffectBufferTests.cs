using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.Agent;

public sealed class EffectBufferTests
{
    private readonly EffectBuffer buffer = new(limit: 100);

    [Fact]
    public void Points_measured_after_a_checkpoint_wait_behind_it()
    {
        buffer.Add(Loss(1, 2));
        buffer.Add(Checkpoint(2));
        buffer.Add(Loss(3));

        Assert.Equal([1L, 2L], buffer.TakePoints(500).Select(point => point.Step));
        Assert.Equal((0, 2L), (buffer.WaitingPoints, buffer.TakeCheckpoint().Step));
        Assert.Equal([3L], buffer.TakePoints(500).Select(point => point.Step));
    }

    [Fact]
    public void A_checkpoint_is_not_taken_before_its_points()
    {
        buffer.Add(Loss(1));
        buffer.Add(Checkpoint(1));

        Assert.Throws<InvalidOperationException>(() => buffer.TakeCheckpoint());
    }

    [Fact]
    public void A_newer_checkpoint_overtakes_one_that_still_waits_and_keeps_all_points_before_it()
    {
        buffer.Add(Loss(1));
        buffer.Add(Checkpoint(1));
        buffer.Add(Loss(2));
        buffer.Add(Checkpoint(2));

        Assert.Equal([1L, 2L], buffer.TakePoints(500).Select(point => point.Step));
        Assert.Equal(2, buffer.TakeCheckpoint().Step);
        Assert.Null(buffer.Checkpoint);
    }

    [Fact]
    public void Too_many_points_are_thinned_to_every_second_one_of_each_metric_and_counted()
    {
        buffer.Add(Loss([.. Enumerable.Range(1, 100).Select(step => (long)step)]));
        buffer.Add([new MetricPoint("test/auc", 100, 0.5)]);

        var kept = buffer.TakePoints(500);

        Assert.Equal(50, buffer.Dropped);
        Assert.Equal(Enumerable.Range(1, 50).Select(half => 2L * half), kept.Where(point => point.Metric == "train/loss").Select(point => point.Step));
        Assert.Equal(new MetricPoint("test/auc", 100, 0.5), kept[^1]);
    }

    [Fact]
    public void It_stays_bounded_whatever_comes()
    {
        for (var step = 1L; step <= 10_000; step++)
        {
            buffer.Add(Loss(step));
            if (step % 7 == 0) buffer.Add(Checkpoint(step));
        }

        var kept = buffer.TakePoints(int.MaxValue);
        buffer.TakeCheckpoint();
        kept = [.. kept, .. buffer.TakePoints(int.MaxValue)];

        Assert.InRange(kept.Count, 40, 100);
        Assert.Equal(10_000, kept[^1].Step);
        Assert.Equal(kept.Select(point => point.Step).Order(), kept.Select(point => point.Step));
        Assert.Equal(10_000 - kept.Count, buffer.Dropped);
    }

    [Fact]
    public void Nothing_hurries_points_but_what_waits_behind_them()
    {
        buffer.Add(Loss(1));
        Assert.False(buffer.Urgent);

        buffer.End(new(AttemptResult.Succeeded));
        Assert.True(buffer.Urgent);
    }

    private static MetricPoint[] Loss(params long[] steps) => [.. steps.Select(step => new MetricPoint("train/loss", step, 1.0 / step))];

    private static CheckpointManifest Checkpoint(long step) => new(step, $"experiment-1/fence-1/step-{step}", "00", 1);
}
