using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class ProtocolTests
{
    private static readonly Held Member = new(new ExperimentId(5), 9);

    [Fact]
    public void Requests_survive_their_line()
    {
        var leased = new LeasedExperiment(new ExperimentId(5), new SweepId(2), 1, 9, TestWorker.Tiny(), new CheckpointManifest(4, "experiment-5/fence-8/step-4", "ab", 10), Place: 2, Accumulate: 4);
        var train = new TrainerRequest.Train([leased, leased with { Id = new(6), Place = 0, ResumeFrom = null }], GroupSize: 3, "/c", "/d");
        var stop = new TrainerRequest.Stop(Member);
        var measure = new TrainerRequest.Measure(TestWorker.Tiny(), 64);

        var read = Assert.IsType<TrainerRequest.Train>(ProtocolLine.Request(ProtocolLine.Of(train)));
        Assert.Equal(train.Experiments, read.Experiments);
        Assert.Equal((3, "/c", "/d"), (read.GroupSize, read.Checkpoints, read.Data));
        Assert.Equal(stop, ProtocolLine.Request(ProtocolLine.Of(stop)));
        Assert.Equal(measure, ProtocolLine.Request(ProtocolLine.Of(measure)));
        Assert.DoesNotContain('\n', ProtocolLine.Of(train));
    }

    [Fact]
    public void Replies_read_as_written_here()
    {
        Assert.Equal("""{"say":"ready"}""", ProtocolLine.Of(new TrainerReply.Ready()));
        Assert.Equal("""{"say":"started","member":{"experiment":5,"fence":9},"step":4,"total_steps":8}""", ProtocolLine.Of(new TrainerReply.Started(Member, 4, 8)));
        Assert.Equal(
            """{"say":"measured","member":{"experiment":5,"fence":9},"points":[{"metric":"train/loss","step":5,"value":"NaN"},{"metric":"train/loss","step":6,"value":0.5}]}""",
            ProtocolLine.Of(new TrainerReply.Measured(Member, [new("train/loss", 5, double.NaN), new("train/loss", 6, 0.5)])));
        Assert.Equal(
            """{"say":"failed","member":{"experiment":5,"fence":9},"class":"user","reason":"no file"}""", ProtocolLine.Of(new TrainerReply.Failed(Member, FailureClass.User, "no file")));
        Assert.Equal(
            """{"say":"sized","sizes":{"best":2,"sizes":[1,2,4],"samples_per_second":[10,19,19.5]}}""", ProtocolLine.Of(new TrainerReply.Sized(new(2, [1, 2, 4], [10, 19, 19.5]))));
    }

    [Fact]
    public void Replies_survive_their_line()
    {
        TrainerReply[] replies =
        [
            new TrainerReply.Ready(), new TrainerReply.Started(Member, 0, 8), new TrainerReply.Saved(Member, new(4, "p", "ab", 10)), new TrainerReply.Finished(Member),
            new TrainerReply.Stopped(Member), new TrainerReply.Unsized("no memory"), new TrainerReply.Alive(7), new TrainerReply.Loading(),
            new TrainerReply.Stepped(9, 72, 0.5), new TrainerReply.Wrote(Member, 10, 0.25), new TrainerReply.Read(Member, 10, 0.125),
        ];

        Assert.Equal(replies, replies.Select(reply => ProtocolLine.Reply(ProtocolLine.Of(reply))));
    }

    [Theory]
    [InlineData("loading…")]
    [InlineData("null")]
    [InlineData("""{"say":"sing"}""")]
    [InlineData("""{"say":"started","member":{"experiment":5,"fence":9},"step":4}""")]
    [InlineData("""{"say":"finished"}""")]
    public void Anything_else_is_no_reply(string line) => Assert.ThrowsAny<JsonException>(() => ProtocolLine.Reply(line));
}
