using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Worker.Agent;

namespace ViViT.Worker.Tests.Agent;

public sealed class LogBufferTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly LogBuffer buffer = new(new Held(new ExperimentId(7), 3), "gpu-0001");

    [Fact]
    public void Lines_are_numbered_from_0_and_leave_in_order_so_many_at_a_time()
    {
        Say(5);

        var (first, second) = (buffer.Take(3)!, buffer.Take(3)!);

        Assert.Equal((new ExperimentId(7), 3L), (first.Experiment, first.Fence));
        Assert.Equal([new LogLine(0, Noon, "line 0"), new LogLine(1, Noon, "line 1"), new LogLine(2, Noon, "line 2")], first.Lines);
        Assert.Equal([3, 4], second.Lines.Select(line => line.Seq));
        Assert.Null(buffer.Take(3));
    }

    [Fact]
    public void When_too_many_wait_the_oldest_go_and_are_counted()
    {
        Say(LogBuffer.MostWaiting + 30);

        var lines = buffer.Take(200)!.Lines;

        Assert.Equal("… 30 lines are missing here: too many waited for the server; they are in the log of worker gpu-0001", lines[0].Text);
        Assert.Equal("line 30", lines[1].Text);
        Assert.Equal(Enumerable.Range(0, 200), lines.Select(line => line.Seq));
        Assert.Equal("line 229", buffer.Take(200)!.Lines[0].Text);
    }

    [Fact]
    public void An_attempt_that_says_too_much_is_cut_short_but_its_end_is_told()
    {
        for (var i = 0; i < 30; i++)
        {
            Say(100);
            while (buffer.Take(200) is { } batch) Assert.True(batch.Lines[^1].Seq <= LogBuffer.MostLines, $"{batch.Lines[^1].Seq}");
        }

        buffer.Add(Noon, "attempt 1 succeeded", important: true);

        Assert.Equal(new LogLine(LogBuffer.MostLines + 1, Noon, "attempt 1 succeeded"), Assert.Single(buffer.Take(200)!.Lines));
    }

    [Fact]
    public void The_line_that_is_one_too_many_says_where_the_rest_is()
    {
        for (var i = 0; i <= LogBuffer.MostLines; i++)
        {
            Say(1);
            var text = buffer.Take(1)!.Lines[0].Text;
            Assert.Equal(i < LogBuffer.MostLines ? "line 0" : "… the attempt says more than 2000 lines; the rest is only in the log of worker gpu-0001", text);
        }
    }

    [Fact]
    public void A_long_line_is_cut_without_parting_a_character_and_zeros_are_replaced()
    {
        buffer.Add(Noon, new string('x', 5000));
        buffer.Add(Noon, new string('x', 2000));
        buffer.Add(Noon, new string('x', 1998) + "😀😀");
        buffer.Add(Noon, "a\0b");

        var texts = buffer.Take(10)!.Lines.Select(line => line.Text).ToArray();

        Assert.Equal([new string('x', 1999) + "…", new string('x', 2000), new string('x', 1998) + "…", "a\uFFFDb"], texts);
    }

    private void Say(int lines)
    {
        for (var i = 0; i < lines; i++) buffer.Add(Noon, $"line {i}");
    }
}
