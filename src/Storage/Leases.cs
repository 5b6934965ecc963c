using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Grants, renewals and expiry, by the database's clock alone (docs/leases.md). <c>now</c> stands in for it in tests.</summary>
public sealed class Leases(NpgsqlDataSource database)
{
    /// <summary>Grants the best queued experiment of the pool, and up to <paramref name="maxGroup"/> - 1 others that can train with it as one.</summary>
    /// <returns>Empty when nothing is queued.</returns>
    public async Task<IReadOnlyList<LeasedExperiment>> Claim(
        string pool, string worker, int maxGroup, TimeSpan term, DateTimeOffset? now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var granted = await connection.Query("""
            -- Leases.Claim: the fence rises, the attempt opens where its checkpoint left off
            with head as (
              select id, sweep_id, group_key from experiment where pool = @pool and state = 'queued' order by priority desc, id limit 1 for update skip locked),
            mates as (
              select e.id from experiment e join head h on e.sweep_id = h.sweep_id and e.group_key = h.group_key and e.id <> h.id
              where e.pool = @pool and e.state = 'queued' order by e.priority desc, e.id limit @mates for update of e skip locked),
            granted as (
              update experiment e
              set state = 'running', state_since = coalesce(@now, clock_timestamp()), fence = e.fence + 1, attempt = e.attempt + 1, worker = @worker,
                  lease_until = coalesce(@now, clock_timestamp()) + @term, reason = null, version = e.version + 1
              where e.id in (select id from head union all select id from mates)
              returning e.*),
            opened as (
              insert into experiment_attempt (experiment_id, attempt, fence, resumed_step, step, total_steps, worker, started_at)
              select g.id, g.attempt, g.fence, g.checkpoint_step, coalesce(g.checkpoint_step, 0), coalesce(before.total_steps, 0), @worker, g.state_since
              from granted g left join experiment_attempt before on before.experiment_id = g.id and before.attempt = g.attempt - 1)
            select id, sweep_id, attempt, fence, spec::text, checkpoint_step, checkpoint_path, checkpoint_sha256, checkpoint_bytes from granted order by id
            """,
            row => new LeasedExperiment(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetInt32(2), row.GetInt64(3),
                Sql.FromJson<ExperimentSpec>(row.GetString(4)), Experiments.ReadCheckpoint(row, 5)),
            cancellation, ("pool", pool), ("worker", worker), ("mates", maxGroup - 1), ("term", term), ("now", Sql.Now(now)));

        var again = granted.Where(experiment => experiment.Attempt > 1).Select(experiment => experiment.Id.Value).ToArray();
        if (again.Length > 0) await Metrics.RebuildSummaries(connection, again, cancellation);
        await transaction.CommitAsync(cancellation);
        return granted;
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
}
