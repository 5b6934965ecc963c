using Npgsql;
using ViViT.Contracts.Sweeps;

namespace ViViT.Storage;

/// <summary>
/// What the gauges show (docs/telemetry.md), in one round trip whose cost grows with running sweeps and leases, not with what is queued. The queue of
/// a sweep is counted up to a thousand in order of turn; beyond, the numbers up to its last one are taken, which follow each other without gaps unless
/// sweeps were submitted at the same moment or single experiments cancelled.
/// </summary>
public sealed class Overview(NpgsqlDataSource database)
{
    // In the statement as numbers: with a limit that is not known beforehand, the planner reads a large sweep whole.
    private const string Counted = "1000";
    private const string Looked = "64";

    /// <summary>A worker that was silent for longer has ended.</summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(10);

    private const string PoolsSql = $"""
        -- Overview.Pools
        with runs as materialized (
          select pool, sweep_id, worker, lease_id, count(*) as experiments, min(greatest(state_since, checkpoint_at)) as saved
          from experiment where state = 'running' group by pool, sweep_id, worker, lease_id),
        queue as (
          select s.pool, s.max_parallel, next.n + coalesce(rest.last - next.last, 0) as waiting, front.since, coalesce(mine.leases, 0) as slots
          from sweep s
          left join (select sweep_id, count(*) as leases from runs group by sweep_id) mine on mine.sweep_id = s.id
          cross join lateral (
            select count(*) as n, max(turn) as last from (select e.turn from experiment e where e.sweep_id = s.id and e.turn is not null order by e.turn limit {Counted}) one) next
          cross join lateral (
            select min(state_since) as since from (select e.state_since from experiment e where e.sweep_id = s.id and e.turn is not null order by e.turn limit {Looked}) one) front
          left join lateral (
            select e.turn as last from experiment e where next.n = {Counted} and e.sweep_id = s.id and e.turn is not null order by e.turn desc limit 1) rest on true
          where s.state = 'running'),
        heard as (
          select w.pool, w.slots, least(w.slots, coalesce(r.leases, 0)) as busy, clock_timestamp() - w.last_seen as age,
                 case when w.last_seen <= clock_timestamp() - @alive then 'silent' when w.draining then 'draining' when w.cordon_reason is not null then 'cordoned' else 'ready' end as state
          from worker w left join (select worker, count(*) as leases from runs group by worker) r on r.worker = w.name
          where w.last_seen > clock_timestamp() - @gone and not (w.draining and w.last_seen <= clock_timestamp() - @alive)),
        pools as (select pool from sweep where state in ('running', 'paused') union select pool from runs union select pool from heard)
        select p.pool, coalesce(q.waiting, 0)::bigint, coalesce(b.experiments, 0)::bigint, extract(epoch from clock_timestamp() - q.since)::float8,
               coalesce(r.experiments, 0)::bigint, (coalesce(r.leases, 0) + coalesce(q.wanted, 0))::bigint, extract(epoch from clock_timestamp() - r.saved)::float8,
               extract(epoch from h.age)::float8, coalesce(h.ready, 0)::int, coalesce(h.cordoned, 0)::int, coalesce(h.draining, 0)::int, coalesce(h.silent, 0)::int,
               coalesce(h.busy, 0)::int, coalesce(h.idle, 0)::int, coalesce(h.slots - h.busy - h.idle, 0)::int
        from pools p
        left join (select pool, sum(waiting) as waiting, min(since) as since, sum(least(waiting, case when max_parallel is not null then greatest(max_parallel - slots, 0) end)) as wanted from queue group by pool) q using (pool)
        left join (select pool, count(*) as experiments from experiment where state = 'queued' and ready_at is not null group by pool) b using (pool)
        left join (select pool, sum(experiments) as experiments, count(*) as leases, min(saved) as saved from runs group by pool) r using (pool)
        left join (
          select pool, max(age) filter (where age <= interval '1 minute') as age, count(*) filter (where state = 'ready') as ready, count(*) filter (where state = 'cordoned') as cordoned,
                 count(*) filter (where state = 'draining') as draining, count(*) filter (where state = 'silent') as silent, sum(slots) as slots,
                 coalesce(sum(busy) filter (where state <> 'silent'), 0) as busy, coalesce(sum(slots - busy) filter (where state = 'ready'), 0) as idle
          from heard group by pool) h using (pool)
        """;

    private const string SweepsSql = "-- Overview.Sweeps\nselect state, count(*) from sweep group by state";

    private const string DatabaseSql = $"-- Overview.Database\nselect pg_database_size(current_database()), {MetricPartitions.AheadSql}";

    public async Task<OverviewRow> Read(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(PoolsSql), new(SweepsSql), new(DatabaseSql) } };
        batch.BatchCommands[0].Parameters.AddWithValue("alive", Workers.AliveFor);
        batch.BatchCommands[0].Parameters.AddWithValue("gone", GoneAfter);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var pools = new List<PoolRow>();
        while (await reader.ReadAsync(cancellation)) pools.Add(ReadPool(reader));
        var sweeps = Enum.GetValues<SweepState>().ToDictionary(state => state, _ => 0L);
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) sweeps[Sql.Parse<SweepState>(reader.GetString(0))] = reader.GetInt64(1);
        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new(pools, sweeps, reader.GetInt64(0), reader.LongOrNull(1));
    }

    private static PoolRow ReadPool(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.DoubleOrNull(3), row.GetInt64(4), row.GetInt64(5), row.DoubleOrNull(6),
        row.DoubleOrNull(7), new(row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11)), new(row.GetInt32(12), row.GetInt32(13), row.GetInt32(14)));
}

/// <summary>The system at a glance.</summary>
/// <param name="PartitionsAhead">Partitions of the curves beyond the one that the newest experiment writes to; null when there is no experiment.</param>
public sealed record OverviewRow(IReadOnlyList<PoolRow> Pools, IReadOnlyDictionary<SweepState, long> Sweeps, long DatabaseBytes, long? PartitionsAhead);

/// <summary>A pool that has sweeps under way, leases or workers.</summary>
/// <param name="Waiting">Experiments that are offered.</param>
/// <param name="BackingOff">Experiments that are offered again later.</param>
/// <param name="OldestSeconds">How long the oldest of the first in turn has been offered; null when none is.</param>
/// <param name="SlotsWanted">Slots in use, and those that what is offered could fill, one for an experiment.</param>
/// <param name="UnsavedSeconds">Since the oldest of the latest checkpoints of what runs, or the lease where there is none; null when nothing runs.</param>
/// <param name="HeartbeatSeconds">Since the oldest of the latest heartbeats of the last minute; null when there was none.</param>
public sealed record PoolRow(
    string Pool, long Waiting, long BackingOff, double? OldestSeconds, long Running, long SlotsWanted, double? UnsavedSeconds, double? HeartbeatSeconds, WorkerCounts Workers, SlotCounts Slots);

/// <summary>Workers of a pool, each in one place.</summary>
public sealed record WorkerCounts(int Ready, int Cordoned, int Draining, int Silent);

/// <summary>Slots of a pool's workers, each in one place.</summary>
/// <param name="Unavailable">Not in use, of workers that get no leases or fell silent.</param>
public sealed record SlotCounts(int Busy, int Idle, int Unavailable);
