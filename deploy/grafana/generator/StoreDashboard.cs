namespace ViViT.Dashboards;

/// <summary>Postgres as the control plane uses it: what comes in, how large it is, whether it is cared for.</summary>
internal static class StoreDashboard
{
    public static Dashboard Build() => new("vivit-store", "ViViT / Store", "Postgres as the control plane uses it: what comes in, how large it is, whether it is cared for.", "now-6h",
        [Variable.Prometheus, Variable.Postgres],
        [],
        [
            new("Now", Up(), Size(), Ahead(), Connections(), CacheHits(), TransactionAge()),
            new("What comes in", Points(), FlushTime(), Checkpoints(), CheckpointBytes(), Buffers(), Flushes()),
            new("Over time", SizeOverTime(), AheadOverTime(), Pool()),
            new("Tables", Tables(), DeadRows(), Partitions()),
        ]);

    private static Panel Up() => Panel.Stat("Database", "1 when every silo reaches it.", "short", 4, Query.Prom("min(vivit_database_up)", "reached")) with { Thresholds = [("red", null), ("green", 1)] };

    private static Panel Size() => Panel.Stat("Size", "The whole database on disk.", "bytes", 4, Query.Sql("select database_bytes::float8 as size from store_health"));

    private static Panel Ahead() => Panel.Stat("Partitions ahead", "Partitions of metric_chunk beyond that of the newest experiment; the next sweep makes the next one.", "short", 4, Query.Sql("select partitions_ahead::float8 as ahead from store_health")) with
    {
        Thresholds = [("red", null), ("green", 1)],
    };

    private static Panel Connections() => Panel.Stat("Connections", "Of those that the server allows.", "percentunit", 4, Query.Sql("select connections::float8 / max_connections as connections from store_health")) with
    {
        Min = 0, Max = 1, Thresholds = [("green", null), ("orange", 0.7), ("red", 0.9)],
    };

    private static Panel CacheHits() => Panel.Stat("Found in memory", "Blocks that were found in shared buffers, since the statistics began.", "percentunit", 4, Query.Sql("select cache_hit_ratio as hits from store_health")) with
    {
        Thresholds = [("orange", null), ("green", 0.95)],
    };

    private static Panel TransactionAge() => Panel.Stat("Oldest transaction id", "Transactions since the oldest frozen one. Beyond 200 million vacuum freezes by force; at 2 billion the server stops.", "short", 4,
        Query.Sql("select transaction_id_age::float8 as age from store_health")) with { Thresholds = [("green", null), ("orange", 300_000_000), ("red", 1_000_000_000)] };

    private static Panel Points() => Panel.Stacked("Metric points", "Points a second by what became of them: stored; duplicate, sent again and acknowledged; gap, to be sent again; fenced, of a lost lease.", "cps", 8,
        Query.Prom("sum by (result) (rate(vivit_metric_points_ingested_total[$__rate_interval]))", "{{result}}"));

    private static Panel FlushTime() => Panel.TimeSeries("Storing a flush", "How long the transaction of a batch of flushes takes.", "s", 8,
        Query.Prom("histogram_quantile(0.5, sum by (le) (rate(vivit_metric_flush_duration_seconds_bucket[$__rate_interval])))", "half"),
        Query.Prom("histogram_quantile(0.99, sum by (le) (rate(vivit_metric_flush_duration_seconds_bucket[$__rate_interval])))", "99 %")) with { Min = 0 };

    private static Panel Checkpoints() => Panel.TimeSeries("Checkpoints committed", "Checkpoints a second that became the one to resume from.", "cps", 8, Query.Prom("sum(rate(vivit_checkpoints_committed_total[$__rate_interval]))", "committed")) with { Min = 0 };

    private static Panel CheckpointBytes() => Panel.TimeSeries("Checkpoint bytes committed", "A second; they rest on the workers' storage.", "Bps", 8, Query.Prom("sum(rate(vivit_checkpoint_committed_bytes_total[$__rate_interval]))", "bytes")) with { Min = 0 };

    private static Panel Buffers() => Panel.TimeSeries("Points that wait at workers", "Not yet acknowledged; they grow while the store is away, and are made coarser before they are too many.", "short", 8,
        Query.Prom("sum(vivit_metric_buffer_points)", "waiting"), Query.Prom("sum(rate(vivit_metric_points_coarsened_total[$__rate_interval]))", "coarsened a second")) with { Min = 0 };

    private static Panel Flushes() => Panel.TimeSeries("Flushes by result", "What workers were answered, a second.", "cps", 8, Query.Prom("sum by (result) (rate(vivit_metric_flushes_total[$__rate_interval]))", "{{result}}")) with { Min = 0 };

    private static Panel SizeOverTime() => Panel.TimeSeries("Size over time", "The whole database on disk.", "bytes", 8, Query.Prom("max(vivit_database_size_bytes)", "size")) with { Min = 0 };

    private static Panel AheadOverTime() => Panel.TimeSeries("Partitions ahead over time", "0: the next experiment's points have no place.", "short", 8, Query.Prom("min(vivit_metric_partitions_ahead)", "ahead")) with { Min = 0 };

    private static Panel Pool() => Panel.TimeSeries("Connections of the silos", "Npgsql's own count, by state.", "short", 8, Query.Prom("sum by (db_client_connection_state) (db_client_connections)", "{{db_client_connection_state}}")) with { Min = 0 };

    private static Panel Tables() => Panel.Table("Tables", "As the server's statistics have them; partitions are added up.", 14, Query.Sql("""
        select table_name as "table", bytes, index_bytes as "of which indexes", live_rows as rows, dead_rows as dead, parts, vacuumed_at as vacuumed, analyzed_at as analyzed from store_table order by bytes desc
        """)) with { Height = 10, Overrides = [FieldOverride.Named("bytes").Unit("bytes"), FieldOverride.Named("of which indexes").Unit("bytes"), FieldOverride.Like("vacuumed|analyzed").Unit("dateTimeAsIso").Wide(170)] };

    private static Panel DeadRows() => Panel.BarGauge("Dead rows", "Share of dead rows in each table of more than 1,000 rows: high for long, vacuum does not keep up.", "percentunit", 10, Query.Sql("""
        select table_name as "table", dead_rows::float8 / (live_rows + dead_rows) as dead from store_table where live_rows + dead_rows > 1000 order by 2 desc limit 12
        """)) with { Height = 10, Max = 1, Thresholds = [("green", null), ("orange", 0.3), ("red", 0.6)] };

    private static Panel Partitions() => Panel.Table("Partitions of metric_chunk", "One for every 100,000 experiments. Chunks are only ever inserted.", 24, Query.Sql("""
        select partition, bounds, bytes, live_rows as chunks, dead_rows as dead, inserted_rows as "inserted since start", vacuumed_at as vacuumed from store_partition order by number desc limit 50
        """)) with { Height = 6, Overrides = [FieldOverride.Named("bytes").Unit("bytes"), FieldOverride.Named("vacuumed").Unit("dateTimeAsIso").Wide(170), FieldOverride.Named("bounds").Wide(320)] };
}
