using Npgsql;

namespace ViViT.Storage;

/// <summary>A wish of a grain to be called every <paramref name="Period"/>, kept over restarts.</summary>
/// <param name="Grain">The grain's id as text.</param>
/// <param name="Hash">The grain's place on the ring that reminders are shared out by.</param>
/// <param name="ETag">Changes with every write.</param>
public sealed record Reminder(string Grain, string Name, DateTimeOffset StartAt, TimeSpan Period, uint Hash, string ETag);

/// <summary>Rows of reminders.</summary>
public sealed class Reminders(NpgsqlDataSource database)
{
    private const string Columns = "select grain_id, name, start_at, period, hash, version::text from orleans_reminder";

    public async Task<IReadOnlyList<Reminder>> Of(string grain, CancellationToken cancellation) =>
        await database.Query($"-- Reminders.Of\n{Columns} where grain_id = @grain", Read, cancellation, ("grain", grain));

    public async Task<Reminder?> Find(string grain, string name, CancellationToken cancellation) =>
        (await database.Query($"-- Reminders.Find\n{Columns} where grain_id = @grain and name = @name", Read, cancellation, ("grain", grain), ("name", name))).SingleOrDefault();

    /// <summary>Those on the ring from <paramref name="begin"/> (excluded) to <paramref name="end"/> (included), around its end where begin is not below end.</summary>
    public async Task<IReadOnlyList<Reminder>> InRange(uint begin, uint end, CancellationToken cancellation) =>
        await database.Query($"-- Reminders.InRange\n{Columns} where {(begin < end ? "hash > @begin and hash <= @end" : "hash > @begin or hash <= @end")}",
            Read, cancellation, ("begin", (long)begin), ("end", (long)end));

    /// <returns>The new ETag.</returns>
    public async Task<string> Upsert(string grain, string name, DateTimeOffset startAt, TimeSpan period, uint hash, CancellationToken cancellation) => (await database.Query("""
        -- Reminders.Upsert
        insert into orleans_reminder as r (grain_id, name, start_at, period, hash) values (@grain, @name, @start, @period, @hash)
        on conflict (grain_id, name) do update set start_at = @start, period = @period, hash = @hash, version = r.version + 1
        returning version::text
        """, row => row.GetString(0), cancellation, ("grain", grain), ("name", name), ("start", startAt.ToUniversalTime()), ("period", period), ("hash", (long)hash))).Single();

    /// <returns>False when the row is gone or no longer the one that was read.</returns>
    public async Task<bool> Remove(string grain, string name, string etag, CancellationToken cancellation) =>
        await database.Execute("-- Reminders.Remove\ndelete from orleans_reminder where grain_id = @grain and name = @name and version = @etag::bigint",
            cancellation, ("grain", grain), ("name", name), ("etag", etag)) > 0;

    public async Task Clear(CancellationToken cancellation) => await database.Execute("-- Reminders.Clear\ndelete from orleans_reminder", cancellation);

    private static Reminder Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.Time(2), row.GetTimeSpan(3), (uint)row.GetInt64(4), row.GetString(5));
}
