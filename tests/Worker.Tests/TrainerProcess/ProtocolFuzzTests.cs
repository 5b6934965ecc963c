using System.Text;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.TestKit.Fuzzing;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

/// <summary>A native library may print into the protocol, a pipe may break in a line: each line is a message whole, or none of the protocol.</summary>
public sealed class ProtocolFuzzTests
{
    private static readonly Held Member = new(new ExperimentId(5), 9);

    [Fact]
    public void A_damaged_request_is_read_whole_or_refused()
    {
        var leased = new LeasedExperiment(new(5), new(2), 1, 9, TestWorker.Tiny(), new CheckpointManifest(4, "experiment-5/fence-8/step-4", "ab", 10), Place: 2);
        string[] requests = [.. new TrainerRequest[]
        {
            new TrainerRequest.Train([leased, leased with { Id = new(6), Place = 0, ResumeFrom = null }], GroupSize: 3, "/c", "/d"),
            new TrainerRequest.Stop(Member), new TrainerRequest.Measure(TestWorker.Tiny(), 64),
        }.Select(ProtocolLine.Of)];

        Damaged(requests, line => ProtocolLine.Of(ProtocolLine.Request(line)));
    }

    [Fact]
    public void A_damaged_reply_is_read_whole_or_refused()
    {
        string[] replies = [.. new TrainerReply[]
        {
            new TrainerReply.Ready(), new TrainerReply.Started(Member, 0, 8), new TrainerReply.Measured(Member, [new("train/loss", 5, double.NaN), new("train/loss", 6, 0.5)]),
            new TrainerReply.Saved(Member, new(4, "p", "ab", 10)), new TrainerReply.Finished(Member), new TrainerReply.Stopped(Member),
            new TrainerReply.Failed(Member, FailureClass.User, "no file"), new TrainerReply.Sized(new(2, [1, 2, 4], [10, 19, 19.5])), new TrainerReply.Unsized("no memory"),
        }.Select(ProtocolLine.Of)];

        Damaged(replies, line => ProtocolLine.Of(ProtocolLine.Reply(line)));
    }

    private static void Damaged(string[] lines, Func<string, string> readAndSay) => Fuzz.Run(5000, mutator => Encoding.UTF8.GetString(mutator.Json(mutator.Pick(lines))), line =>
    {
        try
        {
            var said = readAndSay(line);
            Assert.Equal(said, readAndSay(said));
            AssertHoldsNoNull(JsonDocument.Parse(said).RootElement);
            return true;
        }
        catch (JsonException wrong)
        {
            return Fuzz.Refused(wrong);
        }
    }).HasAtLeast(accepted: 100, refused: 2000);

    // A member that is null is left out; an entry of a list is never null.
    private static void AssertHoldsNoNull(JsonElement json)
    {
        Assert.NotEqual(JsonValueKind.Null, json.ValueKind);
        if (json.ValueKind == JsonValueKind.Array) Assert.All(json.EnumerateArray(), AssertHoldsNoNull);
        if (json.ValueKind == JsonValueKind.Object) Assert.All(json.EnumerateObject(), member => AssertHoldsNoNull(member.Value));
    }
}
