using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class ProtocolTests
{
    [Fact]
    public void Requests_survive_their_line()
    {
        var train = new TrainerRequest.Train(
            new(new ExperimentId(5), new SweepId(2), 1, 9, TestWorker.Tiny(), new CheckpointManifest(4, "experiment-5/fence-8/step-4", "ab", 10)), "/c", "/d");
        var stop = new TrainerRequest.Stop(new Held(new ExperimentId(5), 9));

        Assert.Equal(train, ProtocolLine.Request(ProtocolLine.Of(train)));
        Assert.Equal(stop, ProtocolLine.Request(ProtocolLine.Of(stop)));
        Assert.DoesNotContain('\n', ProtocolLine.Of(train));
    }

    [Fact]
    public void Replies_read_as_written_here()
    {
        Assert.Equal("""{"say":"ready"}""", ProtocolLine.Of(new TrainerReply.Ready()));
        Assert.Equal("""{"say":"started","step":4,"total_steps":8}""", ProtocolLine.Of(new TrainerReply.Started(4, 8)));
        Assert.Equal(
            """{"say":"measured","points":[{"metric":"train/loss","step":5,"value":"NaN"},{"metric":"train/loss","step":6,"value":0.5}]}""",
            ProtocolLine.Of(new TrainerReply.Measured([new("train/loss", 5, double.NaN), new("train/loss", 6, 0.5)])));
        Assert.Equal("""{"say":"failed","class":"user","reason":"no file"}""", ProtocolLine.Of(new TrainerReply.Failed(FailureClass.User, "no file")));
    }

    [Fact]
    public void Replies_survive_their_line()
    {
        TrainerReply[] replies = [new TrainerReply.Ready(), new TrainerReply.Started(0, 8), new TrainerReply.Saved(new(4, "p", "ab", 10)), new TrainerReply.Finished(), new TrainerReply.Stopped()];

        Assert.Equal(replies, replies.Select(reply => ProtocolLine.Reply(ProtocolLine.Of(reply))));
    }

    [Theory]
    [InlineData("loading…")]
    [InlineData("null")]
    [InlineData("""{"say":"sing"}""")]
    [InlineData("""{"say":"started","step":4}""")]
    public void Anything_else_is_no_reply(string line) => Assert.ThrowsAny<JsonException>(() => ProtocolLine.Reply(line));
}
