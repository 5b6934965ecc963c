using System.Text;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class ReplyWriterTests
{
    [Fact]
    public void Points_that_pile_up_share_lines_and_nothing_changes_its_order()
    {
        using var output = new MemoryStream();
        using (var writer = new ReplyWriter(output, () => Assert.Fail("The reader is there.")))
        {
            for (var step = 1; step <= 5000; step++)
            {
                writer.Tell(new TrainerReply.Measured([new("train/loss", step, 0.5)]));
                if (step == 2500) writer.Tell(new TrainerReply.Saved(new(2500, "p", "ab", 10)));
            }
        }

        var replies = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(ProtocolLine.Reply).ToList();
        var saved = replies.FindIndex(reply => reply is TrainerReply.Saved);

        Assert.Equal(Enumerable.Range(1, 2500).Select(step => (long)step), Steps(replies[..saved]));
        Assert.Equal(Enumerable.Range(2501, 2500).Select(step => (long)step), Steps(replies[(saved + 1)..]));
        Assert.True(replies.Count < 5001, "Every point had a line of its own.");
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

    private static IEnumerable<long> Steps(IEnumerable<TrainerReply> replies) =>
        replies.Cast<TrainerReply.Measured>().SelectMany(reply => reply.Points).Select(point => point.Step);

    private sealed class BrokenPipe : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("Broken pipe");
    }
}
