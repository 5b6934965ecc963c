using Npgsql;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Whose workers are whose, and with them the attempts that were granted to them. Neither ever changes, so both may be kept in memory for good.</summary>
public sealed class WorkerOwners(NpgsqlDataSource database)
{
    /// <summary>The owner of the worker's name; this one, when nobody had used the name before.</summary>
    public async Task<WorkerOwner> Bind(string worker, WorkerOwner owner, CancellationToken cancellation)
    {
        await database.Execute("""
            -- WorkerOwners.Bind
            insert into worker_owner (worker, token, pool) values (@worker, @token, @pool) on conflict do nothing
            """, cancellation, ("worker", worker), ("token", owner.Token), ("pool", Sql.Optional("pool", owner.Pool)));
        return (await database.Query("-- WorkerOwners.Of\nselect token, pool from worker_owner where worker = @worker",
            row => new WorkerOwner(row.GetString(0), row.TextOrNull(1)), cancellation, ("worker", worker))).Single();
    }

    /// <summary>Of those attempts that there are: whose worker each was granted to; null when nobody owns that.</summary>
    public async Task<IReadOnlyList<(Held Attempt, WorkerOwner? Owner)>> OfAttempts(IReadOnlyCollection<Held> attempts, CancellationToken cancellation) => await database.Query("""
        -- WorkerOwners.OfAttempts
        select a.experiment_id, a.fence, o.token, o.pool
        from unnest(@experiments, @fences) h(experiment, fence)
        join experiment_attempt a on a.experiment_id = h.experiment and a.fence = h.fence
        left join worker_owner o on o.worker = a.worker
        """, row => (new Held(new(row.GetInt64(0)), row.GetInt64(1)), row.TextOrNull(2) is { } token ? new WorkerOwner(token, row.TextOrNull(3)) : null), cancellation,
        ("experiments", attempts.Select(one => one.Experiment.Value).ToArray()), ("fences", attempts.Select(one => one.Fence).ToArray()));
}

/// <summary>The holder of a token.</summary>
/// <param name="Token">The token's name.</param>
/// <param name="Pool">The pool that it is for; null when it is for all.</param>
public sealed record WorkerOwner(string Token, string? Pool);
