using Npgsql;

namespace ViViT.Storage;

/// <summary>Partitions of <c>metric_chunk</c>: a range of experiments each, always one ahead of the newest experiment.</summary>
internal static class MetricPartitions
{
    private const long Experiments = 100_000;

    // Any constant will do that nothing else in the database uses.
    private const long Lock = 0x56695669_54000002;

    /// <summary>Ranges that have a partition beyond the one of the newest experiment; null when there is no experiment.</summary>
    internal const string AheadSql = $"(({NewestSql}) - (select max(id) from experiment) / 100000)";

    private const string NewestSql = """
        select coalesce(max(substring(c.relname from 'metric_chunk_(\d+)')::bigint), -1)
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_chunk'::regclass
        """;

    /// <summary>Makes sure that experiments up to <paramref name="lastId"/>, and those of the next range, have a partition when the transaction commits.</summary>
    public static async Task Ensure(NpgsqlConnection connection, long lastId, CancellationToken cancellation)
    {
        var wanted = (lastId / Experiments) + 1;
        if (await Newest(connection, cancellation) >= wanted) return;

        // Two sweeps may be the first of a range at once: one makes it, the other finds it made.
        await connection.Execute("-- MetricPartitions.Lock\nselect pg_advisory_xact_lock(@lock)", cancellation, ("lock", Lock));
        for (var number = await Newest(connection, cancellation) + 1; number <= wanted; number++)
        {
            // Made apart and attached: "create … partition of" would wait for every reader and hold up every flush meanwhile.
            await connection.Execute($"""
                create table metric_chunk_{number} (like metric_chunk including all);
                alter table metric_chunk_{number} alter column vals set compression lz4;
                alter table metric_chunk attach partition metric_chunk_{number} for values from ({number * Experiments}) to ({(number + 1) * Experiments});
                """, cancellation);
        }
    }

    private static async Task<long> Newest(NpgsqlConnection connection, CancellationToken cancellation) => (await connection.Query($"""
        -- MetricPartitions.Newest
        {NewestSql}
        """, row => row.GetInt64(0), cancellation)).Single();
}
