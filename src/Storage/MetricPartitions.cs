using Npgsql;

namespace ViViT.Storage;

/// <summary>Partitions of <c>metric_chunk</c>: a range of experiments each, always one ahead of the newest experiment.</summary>
internal static class MetricPartitions
{
    private const long Experiments = 100_000;

    /// <summary>Makes sure that experiments up to <paramref name="lastId"/>, and those of the next range, have a partition.</summary>
    public static async Task Ensure(NpgsqlConnection connection, long lastId, CancellationToken cancellation)
    {
        var newest = (await connection.Query("""
            -- MetricPartitions.Newest
            select coalesce(max(substring(c.relname from 'metric_chunk_(\d+)')::bigint), -1)
            from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_chunk'::regclass
            """, row => row.GetInt64(0), cancellation)).Single();
        for (var number = newest + 1; number <= (lastId / Experiments) + 1; number++)
        {
            await connection.Execute($"""
                create table if not exists metric_chunk_{number} partition of metric_chunk for values from ({number * Experiments}) to ({(number + 1) * Experiments});
                alter table metric_chunk_{number} alter column vals set compression lz4;
                """, cancellation);
        }
    }
}
