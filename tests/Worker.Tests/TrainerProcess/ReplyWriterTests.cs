using System.Text;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class ReplyWriterTests
{
    private static readonly Held[] Members = [new(new ExperimentId(1), 7), new(new ExperimentId(2), 8), new(new ExperimentId(3), 9)];

    [Fact]
    public void Points_that_pile_up_share_lines_and_nothing_of_a_member_changes_its_order()
    {
        using var output = new MemoryStream();
        using (var writer = new ReplyWriter(output, () => Assert.Fail("The reader is there.")))
        {
            for (var step = 1; step <= 2000; step++)
            {
                foreach (var member in Members) writer.Tell(new TrainerReply.Measured(member, [new("train/loss", step, member.Fence)]));
                if (step == 1000) writer.Tell(new TrainerReply.Saved(Members[1], new(1000, "p", "ab", 10)));
            }
        }

        var replies = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(ProtocolLine.Reply).ToList();
        var saved = replies.FindIndex(reply => reply is TrainerReply.Saved);

        foreach (var member in Members) Assert.Equal(Enumerable.Range(1, 2000).Select(step => (long)step), Steps(replies, member));
        Assert.Equal(1000, Steps(replies[..saved], Members[1]).Last());
        Assert.All(replies.OfType<TrainerReply.Measured>(), reply => Assert.All(reply.Points, point => Assert.Equal(reply.Member.Fence, point.Value)));
        Assert.True(replies.Count < 6001, "Every point had a line of its own.");
    }

    [Fact]
    public async Task A_reader_that_is_gone_is_told()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var broken = new BrokenPipe();
        using var writer = new ReplyWriter(broken, gone.SetResult);

        writer.Tell(new TrainerReply.Ready());

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static IEnumerable<long> Steps(IEnumerable<TrainerReply> replies, Held member) =>
        replies.OfType<TrainerReply.Measured>().Where(reply => reply.Member == member).SelectMany(reply => reply.Points).Select(point => point.Step);

    private sealed class BrokenPipe : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");
    }
}
