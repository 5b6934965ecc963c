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
