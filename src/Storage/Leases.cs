using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Grants, renewals and expiry, by the database's clock alone (docs/leases.md). <c>now</c> stands in for it in tests.</summary>
public sealed class Leases(NpgsqlDataSource database)
{
    // Fewer experiments that are alike are trained sooner than it is known how.
    private const int WorthMeasuring = 3;

    // An experiment that comes back before the others of its group gives them this long to come back, too, and so train with it again.
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Grants the best queued experiment of the pool and others that train with it as one. The first grant fixes an experiment's group and
    /// its place in it; a later one grants what is queued of the same group. A group waits for a slot that takes its size. Groups are no
    /// larger than it takes to give every idle slot of the pool something to do.
    /// </summary>
    /// <returns>Null when nothing is queued; a lease on nothing when the shape must be measured first.</returns>
    public async Task<Lease?> Claim(string worker, LeaseRequest request, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var rows = await Grant(connection, worker, request, term, now, cancellation);
        if (rows is [{ Leased: null } unknown])
        {
            if (await Unmeasured(connection, unknown.Head, cancellation) is { } shape) return new([], term.TotalSeconds, Measure: shape);
            rows = await Grant(connection, worker, request with { MaxGroup = 1 }, term, now, cancellation);
        }

        if (rows is []) return null;
        var again = rows.Where(row => row.Leased!.Attempt > 1).Select(row => row.Leased!.Id.Value).ToArray();
        if (again.Length > 0) await Metrics.RebuildSummaries(connection, again, cancellation);
        await transaction.CommitAsync(cancellation);
        return new([.. rows.Select(row => row.Leased!)], term.TotalSeconds, rows[0].GroupSize);
    }

    /// <summary>Renews what the worker holds.</summary>
    /// <returns>Those it does not hold any more.</returns>
    public async Task<IReadOnlyList<ExperimentId>> Renew(string worker, IReadOnlyList<Held> held, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation)
    {
        if (held.Count == 0) return [];
        var renewed = await database.Query("""
            -- Leases.Renew: rows are locked in order of id, so that two renewals never wait for each other
            with held as (
              select e.id from experiment e join unnest(@ids, @fences) h(id, fence) on e.id = h.id and e.fence = h.fence
              where e.state = 'running' and e.worker = @worker order by e.id for update of e)
            update experiment e set lease_until = coalesce(@now, clock_timestamp()) + @term from held where e.id = held.id returning e.id
            """, row => row.GetInt64(0), cancellation,
            ("worker", worker), ("ids", held.Select(one => one.Experiment.Value).ToArray()), ("fences", held.Select(one => one.Fence).ToArray()), ("term", term), ("now", Sql.Now(now)));
        return [.. held.Select(one => one.Experiment).ExceptBy(renewed, id => id.Value)];
    }

    /// <summary>Leases of the pool that have expired, the oldest first.</summary>
    public async Task<IReadOnlyList<(Held Lease, string Worker)>> Expired(string pool, int limit, DateTimeOffset? now, CancellationToken cancellation) => await database.Query("""
        -- Leases.Expired
        select id, fence, worker from experiment where pool = @pool and state = 'running' and lease_until < coalesce(@now, clock_timestamp()) order by lease_until limit @limit
        """, row => (new Held(new(row.GetInt64(0)), row.GetInt64(1)), row.GetString(2)), cancellation, ("pool", pool), ("limit", limit), ("now", Sql.Now(now)));

    // What is granted, by place; one row without a lease when the size of the head's group is not known.
    private static Task<List<(long Head, LeasedExperiment? Leased, int GroupSize)>> Grant(
        NpgsqlConnection connection, string worker, LeaseRequest request, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation) => connection.Query("""
        -- Leases.Grant: the fence rises, the attempt opens where its checkpoint left off
        with head as (
          select e.id, e.sweep_id, e.group_key, e.group_id, case
                   when e.group_id is not null then e.group_size
                   when @max_group = 1 or e.shape_key is null then 1
                   when e.group_limit is not null then least(e.group_limit, @max_group)
                   else coalesce((select least(g.size, @max_group) from group_size g where g.device = @device and g.shape = e.shape_key), 0)
                 end as most
          from experiment e
          where e.pool = @pool and e.state = 'queued' and (e.group_size is null or e.group_size = 1 or (e.group_size <= @max_group
            and (e.state_since <= coalesce(@now, clock_timestamp()) - @gather
                 or not exists (select from experiment mate where mate.group_id = e.group_id and mate.group_size > 1 and mate.state = 'running'))))
          order by e.priority desc, e.id limit 1 for update of e skip locked),
        demand as (
          select h.most, s.slots, (
                   select count(*) from (select from experiment where pool = @pool and state = 'queued' and group_id is null limit h.most * s.slots) waiting) as waiting
          from head h, lateral (select coalesce(sum(w.slots), 1) as slots from worker w where w.pool = @pool and w.last_seen > clock_timestamp() - @alive) s
          where h.group_id is null and h.most > 1),
        share as (
          select case
                   when waiting >= most * slots then most
                   else least(most, ceil(waiting::numeric / greatest(1, slots - (select count(distinct group_id) from experiment where pool = @pool and state = 'running'))))::int
                 end as size
          from demand),
        free as (
          select id from experiment
          where sweep_id = (select sweep_id from head where group_id is null) and group_key = (select group_key from head) and state = 'queued' and pool = @pool
            and group_id is null and id <> (select id from head)
          order by priority desc, id limit coalesce((select size from share), 1) - 1 for update skip locked),
        mates as (
          select id from experiment
          where group_id = (select group_id from head where most > 1) and group_size > 1 and state = 'queued' and id <> (select id from head) for update skip locked),
        picked as materialized (
          select array(select id from (select id from head where most > 0 union all select id from free union all select id from mates) one order by id) as ids),
        granted as (
          update experiment e
          set state = 'running', state_since = coalesce(@now, clock_timestamp()), fence = e.fence + 1, attempt = e.attempt + 1, worker = @worker,
              lease_until = coalesce(@now, clock_timestamp()) + @term, reason = null, version = e.version + 1, group_id = coalesce(e.group_id, p.ids[1]),
              group_size = coalesce(e.group_size, cardinality(p.ids)), group_place = coalesce(e.group_place, array_position(p.ids, e.id) - 1)
          from picked p where e.id = any(p.ids)
          returning e.*),
        opened as (
          insert into experiment_attempt (experiment_id, attempt, fence, resumed_step, step, total_steps, worker, started_at)
          select g.id, g.attempt, g.fence, g.checkpoint_step, coalesce(g.checkpoint_step, 0), case when g.attempt = 1 then 0 else coalesce(
                   (select before.total_steps from experiment_attempt before where before.experiment_id = g.id and before.attempt = g.attempt - 1), 0) end, @worker, g.state_since
          from granted g)
        select h.id, g.id, g.sweep_id, g.attempt, g.fence, g.spec::text, g.checkpoint_step, g.checkpoint_path, g.checkpoint_sha256, g.checkpoint_bytes, g.group_place, g.group_size
        from head h left join granted g on true order by g.group_place
        """,
        row => row.IsDBNull(1)
            ? (row.GetInt64(0), null, 0)
            : (row.GetInt64(0), (LeasedExperiment?)new(new(row.GetInt64(1)), new(row.GetInt64(2)), row.GetInt32(3), row.GetInt64(4),
                Sql.FromJson<ExperimentSpec>(row.GetString(5)), Experiments.ReadCheckpoint(row, 6), row.GetInt32(10)), row.GetInt32(11)),
        cancellation, ("pool", request.Pool), ("worker", worker), ("device", request.DeviceKind), ("max_group", request.MaxGroup), ("gather", Gather), ("alive", Workers.AliveFor), ("term", term), ("now", Sql.Now(now)));

    // Null when too few are queued that are like it.
    private static async Task<ShapeToMeasure?> Unmeasured(NpgsqlConnection connection, long experiment, CancellationToken cancellation) => (await connection.Query("""
        -- Leases.Unmeasured
        select h.shape_key, h.spec::text from experiment h where h.id = @id and @enough <= (
          select count(*) from (
            select from experiment e where e.sweep_id = h.sweep_id and e.group_key = h.group_key and e.pool = h.pool and e.state = 'queued' and e.group_id is null limit @enough) alike)
        """, row => new ShapeToMeasure(row.GetString(0), Sql.FromJson<ExperimentSpec>(row.GetString(1))), cancellation, ("id", experiment), ("enough", WorthMeasuring))).SingleOrDefault();
}
