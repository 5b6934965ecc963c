using ViViT.Worker.Agent;

namespace ViViT.Worker.Tests.Agent;

public sealed class StopScheduleTests
{
    [Theory]
    [InlineData(20, 15, 17.5)]
    [InlineData(15, 11.25, 13.125)]
    [InlineData(120, 110, 115)]
    [InlineData(1, 0.75, 0.875)]
    public void Saving_leaves_time_to_hand_back_and_that_leaves_time_to_end(double grace, double save, double handBack) =>
        Assert.Equal(new StopSchedule(TimeSpan.FromSeconds(save), TimeSpan.FromSeconds(handBack)), StopSchedule.Within(TimeSpan.FromSeconds(grace)));
}
