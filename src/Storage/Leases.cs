using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Storage.Telemetry;

namespace ViViT.Storage;

/// <summary>Grants, renewals and expiry, by the database's clock alone (docs/leases.md). <c>now</c> stands in for it in tests.</summary>
public sealed class Leases(NpgsqlDataSource database)
{
    // Fewer experiments that are alike are trained sooner than it is known how.
    private const int WorthMeasuring = 3;

    // An experiment that comes back before the others of its group gives them this long to come back, too, and so train with it again.
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    // An experiment that failed on a worker is kept from it for so long, as long as the pool has another.
    private static readonly TimeSpan Avoidance = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Grants the first experiment of the sweep that could start now, and others that train with it as one. The first grant fixes an experiment's
    /// group and its place in it; a later one grants what is queued of the same group. A group waits for a slot that takes its size. Groups are no
    /// larger than it takes to give every idle slot of the pool something to do. An experiment that failed on this worker waits a while for another.
    /// </summary>
    /// <returns>Null when nothing of the sweep may start on this slot; a lease on nothing when the shape must be measured first.</returns>
    /// <param name="oneByOne">Grants of the sweep wait for each other: it has a limit of slots, which the last one must keep, or forms groups, which claims at once would tear.</param>
    public async Task<Lease?> Claim(SweepId sweep, bool oneByOne, string worker, LeaseRequest request, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = oneByOne ? await connection.BeginTransactionAsync(cancellation) : null;
        if (oneByOne && !await BelowLimit(connection, sweep, cancellation)) return null;
        var rows = await Grant(connection, sweep, worker, request, term, now, cancellation);
        if (rows is [{ Leased: null } unknown])
        {
            if (await Unmeasured(connection, unknown.Head, cancellation) is { } shape) return new([], term.TotalSeconds, Measure: shape);
            rows = await Grant(connection, sweep, worker, request with { MaxGroup = 1 }, term, now, cancellation);
        }

        if (transaction is not null) await transaction.CommitAsync(cancellation);
        if (rows is []) return null;
        LeaseInstruments.Granted(request.Pool, rows.Select(row => row.Waited));
        foreach (var row in rows) ExperimentTrace.Queued(row.Leased!.Trace, row.Leased.Id, row.Leased.Attempt, worker, row.At, row.Waited);
        return new([.. rows.Select(row => row.Leased!)], term.TotalSeconds, rows[0].GroupSize);
    }

    /// <summary>Whether the sweep has fewer slots than it may have. Holds up other grants of the sweep until the transaction ends, so that of two at once one is the last.</summary>
    private static async Task<bool> BelowLimit(NpgsqlConnection connection, SweepId sweep, CancellationToken cancellation) => (await connection.Query("""
        -- Leases.BelowLimit: the row is locked first, so that the count that follows sees every grant before. A silo that stands still meanwhile must not hold up the others
        select max_parallel, set_config('idle_in_transaction_session_timeout', '5s', true) from sweep where id = @sweep for no key update
        """, row => row.IsDBNull(0) ? (int?)null : row.GetInt32(0), cancellation, ("sweep", sweep.Value))).SingleOrDefault() is not { } most
        || (await connection.Query("-- Leases.SlotsOf\nselect count(distinct lease_id)::int from experiment where sweep_id = @sweep and state = 'running'",
            row => row.GetInt32(0), cancellation, ("sweep", sweep.Value))).Single() < most;

    /// <summary>Renews what the worker holds.</summary>
    /// <returns>Those it does not hold any more, and those that it is to save and hand back.</returns>
    public async Task<(IReadOnlyList<ExperimentId> Lost, IReadOnlyList<ReleaseRequest> Release)> Renew(
        string worker, IReadOnlyList<Held> held, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation)
    {
        if (held.Count == 0) return ([], []);
        var renewed = await database.Query("""
            -- Leases.Renew: rows are locked in order of id, so that two renewals never wait for each other
            with held as (
              select e.id from experiment e join unnest(@ids, @fences) h(id, fence) on e.id = h.id and e.fence = h.fence
              where e.state = 'running' and e.worker = @worker order by e.id for update of e)
            update experiment e set lease_until = coalesce(@now, clock_timestamp()) + @term from held where e.id = held.id returning e.id, e.release
            """, row => (Id: new ExperimentId(row.GetInt64(0)), Release: row.TextOrNull(1)), cancellation,
            ("worker", worker), ("ids", held.Select(one => one.Experiment.Value).ToArray()), ("fences", held.Select(one => one.Fence).ToArray()), ("term", term), ("now", Sql.Now(now)));
        return (
            [.. held.Select(one => one.Experiment).Except(renewed.Select(one => one.Id))],
            [.. renewed.Where(one => one.Release is not null).Select(one => new ReleaseRequest(one.Id, one.Release!))]);
    }

    /// <summary>Asks leases to be saved and handed back, with the reason; those that were asked before keep theirs. Their workers hear of it at the next renewal.</summary>
    /// <param name="worker">Only this worker's; null: of any.</param>
    /// <param name="leases">Only these; null: all.</param>
    /// <returns>How many experiments were asked.</returns>
    public async Task<int> Release(string? worker, IReadOnlyList<long>? leases, string reason, CancellationToken cancellation) => await database.Execute("""
        -- Leases.Release
        with asked as (
          update experiment set release = @reason
          where state = 'running' and release is null and (@worker::text is null or worker = @worker) and (@leases::bigint[] is null or lease_id = any(@leases))
          returning id, sweep_id, worker)
        insert into event (kind, sweep_id, experiment_id, worker, text) select 'experiment_releasing', sweep_id, id, worker, @reason from asked
        """, cancellation, ("worker", Sql.Optional("worker", worker)), ("leases", Sql.Optional("leases", leases?.ToArray())), ("reason", reason));

    /// <summary>Asks everything that runs of paused sweeps to be saved and handed back.</summary>
    public async Task ReleasePaused(string pool, CancellationToken cancellation) => LeaseInstruments.Preempted(PreemptionSource.Pause, await database.Execute("""
        -- Leases.ReleasePaused
        with asked as (
          update experiment e set release = 'Its sweep was paused.' from sweep s
          where s.pool = @pool and s.state = 'paused' and e.sweep_id = s.id and e.state = 'running' and e.release is null returning e.id, e.sweep_id, e.worker)
        insert into event (kind, sweep_id, experiment_id, worker, text) select 'experiment_releasing', sweep_id, id, worker, 'Its sweep was paused.' from asked
        """, cancellation, ("pool", pool)));

    /// <summary>Offers again what has waited long enough after a failure; members of a group that are due within a second of each other together.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndBackoffs(string pool, DateTimeOffset? now, CancellationToken cancellation) => await database.Execute("""
        -- Leases.EndBackoffs
        update experiment e set ready_at = null, version = version + 1
        where pool = @pool and state = 'queued' and ready_at <= coalesce(@now, statement_timestamp()) and (e.group_size is null or e.group_size = 1 or not exists (
          select from experiment mate where mate.group_id = e.group_id and mate.group_size > 1 and mate.state = 'queued'
            and mate.ready_at > coalesce(@now, statement_timestamp()) and mate.ready_at <= coalesce(@now, statement_timestamp()) + @gather))
        """, cancellation, ("pool", pool), ("now", Sql.Now(now)), ("gather", Gather));

    /// <summary>Leases of the pool that have expired, the oldest first.</summary>
    public async Task<IReadOnlyList<(Held Lease, string Worker)>> Expired(string pool, int limit, DateTimeOffset? now, CancellationToken cancellation) => await database.Query("""
        -- Leases.Expired
        select id, fence, worker from experiment where pool = @pool and state = 'running' and lease_until < coalesce(@now, statement_timestamp()) order by lease_until limit @limit
        """, row => (new Held(new(row.GetInt64(0)), row.GetInt64(1)), row.GetString(2)), cancellation, ("pool", pool), ("limit", limit), ("now", Sql.Now(now)));

    // What is granted, by place; one row without a lease when the size of the head's group is not known.
    private static Task<List<(long Head, LeasedExperiment? Leased, int GroupSize, TimeSpan Waited, DateTimeOffset At)>> Grant(
        NpgsqlConnection connection, SweepId sweep, string worker, LeaseRequest request, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation) => connection.Query("""
        -- Leases.Grant: the fence rises, the attempt opens where its checkpoint left off
        with head as (
          select e.id, e.sweep_id, e.group_key, e.group_id, e.group_limit, e.accumulate, e.state_since, case
                   when e.group_id is not null then e.group_size
                   when @max_group = 1 or e.shape_key is null then 1
                   when e.group_limit is not null then least(e.group_limit, @max_group)
                   else coalesce((select least(g.size, @max_group) from group_size g where g.device = @device and g.shape = e.shape_key), 0)
                 end as most
          from experiment e
          where e.sweep_id = @sweep and e.turn is not null and exists (select from sweep s where s.id = @sweep and s.state = 'running')
            and (e.avoid_worker is null or e.avoid_worker <> @worker or e.state_since <= coalesce(@now, clock_timestamp()) - @avoidance or not exists (
              select from worker w where w.pool = @pool and w.name <> @worker and w.last_seen > clock_timestamp() - @alive and w.cordon_reason is null and not w.draining))
            and (e.group_size is null or e.group_size = 1 or (e.group_size <= @max_group
            and (e.state_since <= coalesce(@now, clock_timestamp()) - @gather
                 or not exists (select from experiment mate where mate.group_id = e.group_id and mate.group_size > 1 and mate.state = 'running'))))
          order by e.turn limit 1 for update of e skip locked),
        demand as (
          select h.most, s.slots, (
                   select count(*) from (
                     select from sweep w, lateral (
                       select from experiment where sweep_id = w.id and turn is not null and group_id is null order by turn limit h.most * s.slots) one
                     where w.pool = @pool and w.state = 'running' limit h.most * s.slots) waiting) as waiting
          from head h, lateral (select coalesce(sum(w.slots), 1) as slots from worker w where w.pool = @pool and w.last_seen > clock_timestamp() - @alive) s
          where h.group_id is null and h.most > 1),
        share as (
          select case
                   when waiting >= most * slots then most
                   else least(most, ceil(waiting::numeric / greatest(1, slots - (select count(distinct lease_id) from experiment where pool = @pool and state = 'running'))))::int
                 end as size
          from demand),
        free as (
          select id, state_since from experiment
          where sweep_id = (select sweep_id from head where group_id is null) and group_key = (select group_key from head) and turn is not null
            and group_id is null and id <> (select id from head) and accumulate = (select accumulate from head) and group_limit is not distinct from (select group_limit from head)
          order by turn limit coalesce((select size from share), 1) - 1 for update skip locked),
        mates as (
          select id, state_since from experiment
          where (select most > 1 from head) and group_id = (select group_id from head where most > 1) and group_size > 1 and turn is not null and id <> (select id from head)
            and accumulate = (select accumulate from head)
          for update skip locked),
        picked as materialized (
          select array_agg(id order by id) as ids, array_agg(state_since order by id) as since, nextval('lease_id_seq') as number
          from (select id, state_since from head where most > 0 union all select * from free union all select * from mates) one),
        granted as (
          update experiment e
          set state = 'running', state_since = coalesce(@now, clock_timestamp()), fence = e.fence + 1, attempt = e.attempt + 1, worker = @worker,
              lease_until = coalesce(@now, clock_timestamp()) + @term, reason = null, release = null, avoid_worker = null, lease_id = p.number, version = e.version + 1, group_id = coalesce(e.group_id, p.number),
              group_size = coalesce(e.group_size, cardinality(p.ids)), group_place = coalesce(e.group_place, array_position(p.ids, e.id) - 1)
          from picked p where e.id = any(p.ids)
          returning e.*),
        opened as (
          insert into experiment_attempt (experiment_id, attempt, fence, resumed_step, step, total_steps, worker, started_at)
          select g.id, g.attempt, g.fence, g.checkpoint_step, coalesce(g.checkpoint_step, 0), case when g.attempt = 1 then 0 else coalesce(
                   (select before.total_steps from experiment_attempt before where before.experiment_id = g.id and before.attempt = g.attempt - 1), 0) end, @worker, g.state_since
          from granted g),
        noted as (
          insert into event (kind, sweep_id, experiment_id, worker, text)
          select 'experiment_granted', g.sweep_id, g.id, @worker, 'attempt ' || g.attempt || case when g.checkpoint_step is null then '' else ' from step ' || g.checkpoint_step end
                 || case when g.group_size > 1 then ' in a group of ' || g.group_size else '' end
          from granted g)
        select h.id, g.id, g.sweep_id, g.attempt, g.fence, x.spec::text, g.checkpoint_step, g.checkpoint_path, g.checkpoint_sha256, g.checkpoint_bytes, g.group_place, g.group_size, g.accumulate,
               g.state_since - (select since[array_position(ids, g.id)] from picked), g.trace, g.state_since
        from head h left join granted g on true left join experiment_spec x on x.sweep_id = g.sweep_id and x.ordinal = g.ordinal order by g.group_place
        """,
        row => row.IsDBNull(1)
            ? (row.GetInt64(0), null, 0, TimeSpan.Zero, default)
            : (row.GetInt64(0), (LeasedExperiment?)new(new(row.GetInt64(1)), new(row.GetInt64(2)), row.GetInt32(3), row.GetInt64(4),
                Sql.FromJson<ExperimentSpec>(row.GetString(5)), Experiments.ReadCheckpoint(row, 6), row.GetInt32(10), row.GetInt32(12), row.TextOrNull(14)), row.GetInt32(11), row.GetFieldValue<TimeSpan>(13), row.Time(15)),
        cancellation, ("sweep", sweep.Value), ("avoidance", Avoidance), ("pool", request.Pool), ("worker", worker), ("device", request.DeviceKind), ("max_group", request.MaxGroup), ("gather", Gather), ("alive", Workers.AliveFor), ("term", term), ("now", Sql.Now(now)));

    // Null when too few are queued that are like it.
    private static async Task<ShapeToMeasure?> Unmeasured(NpgsqlConnection connection, long experiment, CancellationToken cancellation) => (await connection.Query("""
        -- Leases.Unmeasured
        select h.shape_key, x.spec::text from experiment h join experiment_spec x on x.sweep_id = h.sweep_id and x.ordinal = h.ordinal where h.id = @id and @enough <= (
          select count(*) from (
            select from experiment e where e.sweep_id = h.sweep_id and e.group_key = h.group_key and e.turn is not null and e.group_id is null order by e.turn limit @enough) alike)
        """, row => new ShapeToMeasure(row.GetString(0), Sql.FromJson<ExperimentSpec>(row.GetString(1))), cancellation, ("id", experiment), ("enough", WorthMeasuring))).SingleOrDefault();
}
