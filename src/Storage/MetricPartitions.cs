using Npgsql;

namespace ViViT.Storage;

/// <summary>Partitions of <c>metric_chunk</c>: a range of experiments each, always one ahead of the newest experiment.</summary>
internal static class MetricPartitions
{
    private const long Experiments = 100_000;

    /// <summary>Ranges that have a partition beyond the one of the newest experiment; null when there is no experiment.</summary>
    internal const string AheadSql = $"(({NewestSql}) - (select max(id) from experiment) / 100000)";

    private const string NewestSql = """
        select coalesce(max(substring(c.relname from 'metric_chunk_(\d+)')::bigint), -1)
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_chunk'::regclass
        """;

    /// <summary>Makes sure that experiments up to <paramref name="lastId"/>, and those of the next range, have a partition when the transaction commits.</summary>
    public static async Task Ensure(NpgsqlConnection connection, long lastId, CancellationToken cancellation)
    {
        if (await Newest(connection, cancellation) >= (lastId / Experiments) + 1) return;

        // A function of the schema's owner: who runs the silo may change rows, not tables.
        await connection.Execute("-- MetricPartitions.Ensure\nselect metric_partitions_for(@last)", cancellation, ("last", lastId));
    }

    private static async Task<long> Newest(NpgsqlConnection connection, CancellationToken cancellation) => (await connection.Query($"""
        -- MetricPartitions.Newest
        {NewestSql}
        """, row => row.GetInt64(0), cancellation)).Single();
}
