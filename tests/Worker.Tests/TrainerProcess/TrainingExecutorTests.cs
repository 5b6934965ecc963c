using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class TrainingExecutorTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Batches_in_pieces_make_the_same_training()
    {
        var (whole, pieces) = (Train(new ManualTime(), Leased(1)), Train(new ManualTime(), Leased(1) with { Accumulate = 2 }));

        Assert.IsType<TrainerReply.Finished>(pieces[^1]);
        Assert.Equal(8, Losses(whole).Length);
        Assert.All(Losses(whole).Zip(Losses(pieces)), pair => Assert.Equal(pair.First, pair.Second, 2e-3));
    }

    [Fact]
    public void A_sign_of_life_comes_with_the_first_step_and_then_at_most_once_a_second()
    {
        var (still, running) = (new ManualTime(), new ManualTime());

        var seldom = Train(still, Leased(1)).OfType<TrainerReply.Alive>().Select(alive => alive.Step);
        var often = Train(running, () => running.Advance(TimeSpan.FromSeconds(0.3)), Leased(2)).OfType<TrainerReply.Alive>().Select(alive => alive.Step);

        Assert.Equal([1L], seldom);
        Assert.Equal([1L, 5L], often.Take(2));
    }

    [Fact]
    public void Every_step_sample_and_checkpoint_is_told_once_before_the_end()
    {
        var time = new ManualTime();

        // Of two members that train as one; whatever is measured takes a second and a quarter of one.
        var told = Train(time, () => time.Advance(TimeSpan.FromSeconds(0.625)), Leased(1), Leased(2) with { Place = 1 });

        var steps = told.OfType<TrainerReply.Stepped>().ToArray();
        Assert.Equal((8, 2 * 32, 8 * 1.25), (steps.Sum(one => one.Steps), steps.Sum(one => one.Samples), steps.Sum(one => one.Seconds)));
        var saved = told.OfType<TrainerReply.Saved>().ToArray();
        Assert.Equal(4, saved.Length);
        Assert.Equal(saved.Select(one => (one.Member, one.Checkpoint.Bytes)), told.OfType<TrainerReply.Wrote>().Select(one => (one.Member, one.Bytes)));
        Assert.True(Array.FindLastIndex(told, one => one is TrainerReply.Stepped) < Array.FindIndex(told, one => one is TrainerReply.Finished));

        var again = Train(new ManualTime(), Leased(1) with { Fence = 9, ResumeFrom = saved[0].Checkpoint });
        Assert.Equal(new TrainerReply.Read(new(new(1), 9), saved[0].Checkpoint.Bytes, 0), Assert.Single(again.OfType<TrainerReply.Read>()));
        Assert.Equal(4, again.OfType<TrainerReply.Stepped>().Sum(one => one.Steps));
    }

    [Fact]
    public void A_member_that_cannot_save_fails_for_the_infrastructures_sake()
    {
        File.WriteAllText(folder["checkpoints"], "where a folder should be");

        var failed = Assert.IsType<TrainerReply.Failed>(Train(new ManualTime(), Leased(1))[^1]);

        Assert.Equal(FailureClass.Infrastructure, failed.Class);
        Assert.Contains(folder["checkpoints"], failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_does_not_fit_the_data_is_the_users_to_mend()
    {
        var leased = Leased(1);

        var failed = Assert.IsType<TrainerReply.Failed>(Train(new ManualTime(), leased with { Spec = leased.Spec with { Model = leased.Spec.Model with { Patch = new(29, 29, 29) } } })[^1]);

        Assert.Equal(FailureClass.User, failed.Class);
    }

    private TrainerReply[] Train(ManualTime time, params LeasedExperiment[] group) => Train(time, () => { }, group);

    // Whatever is measured takes some time.
    private TrainerReply[] Train(ManualTime time, Action measured, params LeasedExperiment[] group)
    {
        List<TrainerReply> told = [];
        var executor = new TrainingExecutor(torch.CPU, reply =>
        {
            told.Add(reply);
            if (reply is TrainerReply.Measured { Points: [{ Metric: MetricNames.TrainLoss }] }) measured();
        }, time);
        executor.Train(new(group, group.Length, folder["checkpoints"], folder["data"]), [.. group.Select(_ => CancellationToken.None)]);
        return [.. told];
    }

    private static LeasedExperiment Leased(long id) => new(new ExperimentId(id), new SweepId(1), 1, id, TestWorker.Tiny(), null);

    private static double[] Losses(TrainerReply[] told) =>
        [.. told.OfType<TrainerReply.Measured>().SelectMany(measured => measured.Points).Where(point => point.Metric == MetricNames.TrainLoss).Select(point => point.Value)];
}
