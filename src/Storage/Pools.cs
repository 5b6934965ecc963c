using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>What the scheduler of a pool decides on, and what the explanations of waiting experiments rest on.</summary>
public sealed class Pools(NpgsqlDataSource database)
{
    // Whoever wants more than this wants much; how much exactly changes no decision. It stands in the statements as a number, in order of turn: with a
    // limit that is not known beforehand, the planner reads a large sweep whole.
    private const string MostCounted = "64";

    // What ReadDemand reads.
    private const string DemandColumns = $"""
        s.id, s.priority, s.weight, s.max_parallel, s.needs::text,
        (select count(distinct e.lease_id) from experiment e where e.sweep_id = s.id and e.state = 'running')::int,
        (select count(*) from (select from experiment e where e.sweep_id = s.id and e.turn is not null order by e.turn limit {MostCounted}) waiting)::int,
        s.grouped
        """;

    /// <summary>What every running sweep of the pool wants and has.</summary>
    public async Task<IReadOnlyList<SweepDemand>> Demands(string pool, CancellationToken cancellation) => await database.Query($"""
        -- Pools.Demands
        select {DemandColumns}
        from sweep s where s.pool = @pool and s.state = 'running'
        """, ReadDemand, cancellation, ("pool", pool));

    /// <summary>What one sweep wants and has, whatever its state; null when there is none.</summary>
    public async Task<SweepStanding?> Standing(SweepId sweep, CancellationToken cancellation) => (await database.Query($"""
        -- Pools.Standing
        select {DemandColumns}, s.pool, s.state, s.steered_by
        from sweep s where s.id = @sweep
        """, row => new SweepStanding(ReadDemand(row), row.GetString(8), Sql.Parse<SweepState>(row.GetString(9)), row.TextOrNull(10)), cancellation, ("sweep", sweep.Value))).SingleOrDefault();

    /// <summary>Experiments of the sweep that could start now and go before this one.</summary>
    public async Task<int> Ahead(SweepId sweep, ExperimentId experiment, CancellationToken cancellation) => (await database.Query("""
        -- Pools.Ahead
        select count(*)::int from experiment where sweep_id = @sweep and turn < @id
        """, row => row.GetInt32(0), cancellation, ("sweep", sweep.Value), ("id", experiment.Value))).Single();

    /// <summary>Workers of the pool that get no leases.</summary>
    public async Task<IReadOnlySet<string>> Cordoned(string pool, CancellationToken cancellation) => (await database.Query("""
        -- Pools.Cordoned
        select name from worker where pool = @pool and (cordon_reason is not null or draining)
        """, row => row.GetString(0), cancellation, ("pool", pool))).ToHashSet(StringComparer.Ordinal);

    /// <summary>Slots of the pool's living workers. Which slots of a worker are in use is not known, only how many.</summary>
    public async Task<IReadOnlyList<PoolSlot>> Slots(string pool, CancellationToken cancellation) => [.. (await database.Query("""
        -- Pools.Slots
        select w.slot_list::text, w.cordon_reason is null and not w.draining, (select count(distinct e.lease_id) from experiment e where e.worker = w.name and e.state = 'running')::int
        from worker w where w.pool = @pool and w.last_seen > clock_timestamp() - @alive
        """, row => (Slots: Sql.FromJson<SlotInfo[]>(row.GetString(0)), Usable: row.GetBoolean(1), Busy: row.GetInt32(2)), cancellation, ("pool", pool), ("alive", Workers.AliveFor)))
        .SelectMany(worker => worker.Slots.Select((slot, index) => new PoolSlot(new(slot.DeviceKind, slot.MemoryGib), slot.MaxGroup, worker.Usable, index < worker.Busy)))];

    /// <summary>Leases that run in the pool.</summary>
    public async Task<IReadOnlyList<RunningLease>> Running(string pool, CancellationToken cancellation) => await database.Query("""
        -- Pools.Running
        select e.sweep_id, e.lease_id, s.priority, coalesce(w.slot_list, '[]')::text, bool_or(e.release is not null), min(e.state_since)
        from experiment e join sweep s on s.id = e.sweep_id left join worker w on w.name = e.worker
        where e.pool = @pool and e.state = 'running' group by e.sweep_id, e.lease_id, s.priority, w.name
        """, row => new RunningLease(new(row.GetInt64(0)), row.GetInt64(1), row.GetInt32(2),
            Sql.FromJson<SlotInfo[]>(row.GetString(3)) is [var slot, ..] ? new(slot.DeviceKind, slot.MemoryGib) : new("", null), row.GetBoolean(4), row.Time(5)),
        cancellation, ("pool", pool));

    private static SweepDemand ReadDemand(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), row.GetInt32(1), row.GetDouble(2), row.IntOrNull(3), Sql.FromJson<ResourceSpec>(row.GetString(4)), row.GetInt32(5), row.GetInt32(6), row.GetBoolean(7));
}

/// <summary>A sweep before its pool's scheduler.</summary>
/// <param name="SteeredBy">Who last paused, resumed, cancelled or reopened it; null when nobody did.</param>
public sealed record SweepStanding(SweepDemand Demand, string Pool, SweepState State, string? SteeredBy);
