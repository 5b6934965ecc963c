using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class AllStoppedTests
{
    [Fact]
    public void What_members_share_goes_on_until_the_last_of_them_is_stopped()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        using var all = new AllStopped([first.Token, second.Token]);

        first.Cancel();
        Assert.False(all.Token.IsCancellationRequested);

        second.Cancel();
        Assert.True(all.Token.IsCancellationRequested);
    }

    [Fact]
    public void Members_that_were_stopped_before_count()
    {
        using var all = new AllStopped([new CancellationToken(canceled: true)]);

        Assert.True(all.Token.IsCancellationRequested);
    }
}
