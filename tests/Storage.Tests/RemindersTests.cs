using ViViT.TestKit;

namespace ViViT.Storage.Tests;

public sealed class RemindersTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public async Task A_reminder_is_found_as_it_was_stored()
    {
        await using var database = await PostgresServer.CreateDatabase();
        var reminders = new Reminders(database.Source);

        var etag = await reminders.Upsert("sweep/7", "reconcile", Start, TimeSpan.FromMinutes(1), uint.MaxValue, default);

        Assert.Equal(new Reminder("sweep/7", "reconcile", Start, TimeSpan.FromMinutes(1), uint.MaxValue, etag), await reminders.Find("sweep/7", "reconcile", default));
        Assert.Equal("reconcile", Assert.Single(await reminders.Of("sweep/7", default)).Name);
        Assert.Null(await reminders.Find("sweep/7", "other", default));
    }

    [Fact]
    public async Task Only_the_version_that_was_read_is_removed()
    {
        await using var database = await PostgresServer.CreateDatabase();
        var reminders = new Reminders(database.Source);
        var old = await reminders.Upsert("g", "r", Start, TimeSpan.FromMinutes(1), 1, default);
        var current = await reminders.Upsert("g", "r", Start, TimeSpan.FromMinutes(2), 1, default);

        Assert.False(await reminders.Remove("g", "r", old, default));
        Assert.True(await reminders.Remove("g", "r", current, default));
        Assert.Empty(await reminders.Of("g", default));
    }

    [Theory]
    [InlineData(10u, 30u, "20,30")]
    [InlineData(30u, 10u, "10,4000000000")]
    [InlineData(10u, 10u, "10,20,30,4000000000")]
    public async Task A_range_goes_around_the_ring_without_its_begin_and_with_its_end(uint begin, uint end, string expected)
    {
        await using var database = await PostgresServer.CreateDatabase();
        var reminders = new Reminders(database.Source);
        foreach (var hash in (uint[])[10, 20, 30, 4_000_000_000]) await reminders.Upsert($"g{hash}", "r", Start, TimeSpan.FromMinutes(1), hash, default);

        var found = await reminders.InRange(begin, end, default);

        Assert.Equal(expected, string.Join(',', found.Select(reminder => reminder.Hash).Order()));
    }
}
