using Npgsql;

namespace ViViT.Storage;

/// <summary>Forgets what grows for ever and is seldom asked for: events, and the lines that trainers wrote. Curves, results and checkpoints stay.</summary>
public static class Retention
{
    // Short transactions: what they delete stays readable, and nobody waits.
    private const int Batch = 10_000;

    /// <summary>Deletes events and trainers' lines that are older, but none of a sweep that has not ended.</summary>
    /// <returns>How many of each.</returns>
    public static async Task<(long Events, long Lines)> Prune(NpgsqlDataSource database, TimeSpan age, CancellationToken cancellation) => (
        await Delete(database, """
            -- Retention.Events
            delete from event where id in (
              select e.id from event e
              where e.at < clock_timestamp() - @age
                and not exists (select from sweep s where s.finished_at is null and s.id = coalesce(e.sweep_id, (select x.sweep_id from experiment x where x.id = e.experiment_id)))
              order by e.id limit @batch)
            """, age, cancellation),
        await Delete(database, """
            -- Retention.Lines
            delete from experiment_log where (experiment_id, attempt, seq) in (
              select l.experiment_id, l.attempt, l.seq from experiment_log l join experiment x on x.id = l.experiment_id join sweep s on s.id = x.sweep_id
              where l.at < clock_timestamp() - @age and s.finished_at is not null limit @batch)
            """, age, cancellation));

    private static async Task<long> Delete(NpgsqlDataSource database, string sql, TimeSpan age, CancellationToken cancellation)
    {
        var total = 0L;
        while (true)
        {
            var deleted = await database.Execute(sql, cancellation, ("age", age), ("batch", Batch));
            total += deleted;
            if (deleted < Batch) return total;
        }
    }
}
