using ViViT.Storage;

namespace ViViT.Grains.Persistence;

/// <summary>Orleans' reminders as rows. The migrations made the table, so there is nothing to start.</summary>
internal sealed class PostgresReminderTable(Reminders reminders) : IReminderTable
{
    public async Task<ReminderTableData> ReadRows(GrainId grainId) => Data(await reminders.Of(grainId.ToString(), CancellationToken.None));

    public async Task<ReminderTableData> ReadRows(uint begin, uint end) => Data(await reminders.InRange(begin, end, CancellationToken.None));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        await reminders.Find(grainId.ToString(), reminderName, CancellationToken.None) is { } reminder ? Entry(reminder) : null;

    public async Task<string?> UpsertRow(ReminderEntry entry) => await reminders.Upsert(
        entry.GrainId.ToString(), entry.ReminderName, new DateTimeOffset(DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc)), entry.Period,
        entry.GrainId.GetUniformHashCode(), CancellationToken.None);

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        reminders.Remove(grainId.ToString(), reminderName, eTag, CancellationToken.None);

    public Task TestOnlyClearTable() => reminders.Clear(CancellationToken.None);

    private static ReminderTableData Data(IEnumerable<Reminder> rows) => new(rows.Select(Entry));

    private static ReminderEntry Entry(Reminder reminder) => new()
    {
        GrainId = GrainId.Parse(reminder.Grain),
        ReminderName = reminder.Name,
        StartAt = reminder.StartAt.UtcDateTime,
        Period = reminder.Period,
        ETag = reminder.ETag,
    };
}
