namespace ViViT.Worker.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits until the condition holds; fails the test, naming it, when that takes too long.</summary>
    public static async Task Holds(string what, Func<bool> condition, double seconds = 90)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds, $"After {seconds} s still not: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
