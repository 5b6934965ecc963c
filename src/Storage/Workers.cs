using Npgsql;
using ViViT.Contracts.Scheduling;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Workers as their heartbeats tell of them.</summary>
public sealed class Workers(NpgsqlDataSource database)
{
    /// <summary>Who was silent for longer is taken for gone, in lists and when work is shared out; leases have a term of their own.</summary>
    internal static readonly TimeSpan AliveFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>Notes a heartbeat. The first one of a worker also removes those that were silent for a day and hold nothing.</summary>
    /// <returns>Whether the worker is to drain.</returns>
    public async Task<bool> Heard(string name, Heartbeat heartbeat, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (isNew, draining) = (await connection.Query("""
            -- Workers.Heard
            insert into worker (name, pool, host, slots, slot_list, device, version) values (@name, @pool, @host, @slots, @slot_list::jsonb, @device, @version)
            on conflict (name) do update set pool = @pool, host = @host, slots = @slots, slot_list = @slot_list::jsonb, device = @device, version = @version, last_seen = clock_timestamp()
            returning xmax = 0, draining
            """, row => (row.GetBoolean(0), row.GetBoolean(1)), cancellation,
            ("name", name), ("pool", heartbeat.Pool), ("host", heartbeat.Host), ("slots", heartbeat.Slots.Count), ("slot_list", Sql.Json(heartbeat.Slots)), ("device", heartbeat.Device), ("version", heartbeat.Version))).Single();
        if (!isNew) return draining;
        await connection.Execute("""
            -- Workers.Forget
            delete from worker w where last_seen < clock_timestamp() - @kept and not exists (select from experiment e where e.worker = w.name and e.state = 'running')
            """, cancellation, ("kept", KeptFor));
        return draining;
    }

    /// <summary>Lets the worker have no more leases, or lets it have some again when the reason is null.</summary>
    /// <param name="by">Who wants it; null: the system by itself.</param>
    /// <returns>Whether there is such a worker.</returns>
    public async Task<bool> Cordon(string name, string? reason, string? by, CancellationToken cancellation) => (await database.Query("""
        -- Workers.Cordon
        with cordoned as (update worker set cordon_reason = @reason where name = @name and cordon_reason is distinct from @reason returning name),
        noted as (
          insert into event (kind, worker, text, by) select case when @reason is null then 'worker_uncordoned' else 'worker_cordoned' end, name, coalesce(@reason, 'It gets leases again.'), @by from cordoned)
        select exists (select from worker where name = @name)
        """, row => row.GetBoolean(0), cancellation, ("name", name), ("reason", Sql.Optional("reason", reason)), ("by", Sql.Optional("by", by)))).Single();

    /// <summary>Makes the worker hand back what it has and end, which it hears at its next heartbeat. There is no way back: another start is another worker.</summary>
    /// <param name="by">Who wants it.</param>
    /// <returns>Whether there is such a worker.</returns>
    public async Task<bool> Drain(string name, string? by, CancellationToken cancellation) => (await database.Query("""
        -- Workers.Drain
        with draining as (update worker set draining = true where name = @name and not draining returning name),
        noted as (insert into event (kind, worker, text, by) select 'worker_draining', name, 'It gets no more leases, hands back what it has, and ends.', @by from draining)
        select exists (select from worker where name = @name)
        """, row => row.GetBoolean(0), cancellation, ("name", name), ("by", Sql.Optional("by", by)))).Single();

    /// <summary>How the worker's latest attempts ended, newest first: what <see cref="CordonRule"/> looks at. Those that say nothing about it are left out.</summary>
    public async Task<IReadOnlyList<WorkerEnding>> Endings(string name, CancellationToken cancellation) => await database.Query("""
        -- Workers.Endings
        select a.experiment_id, e.sweep_id, a.class = 'infrastructure' is true
        from experiment_attempt a join experiment e on e.id = a.experiment_id
        where a.worker = @name and a.ended_at is not null and a.outcome in ('succeeded', 'failed', 'lease_lost') order by a.ended_at desc limit @window
        """, row => new WorkerEnding(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetBoolean(2)), cancellation, ("name", name), ("window", CordonRule.Window));

    /// <summary>All known workers, those of a pool together, the latest heard first.</summary>
    public async Task<IReadOnlyList<WorkerRow>> List(CancellationToken cancellation) => await database.Query("""
        -- Workers.List
        select w.name, w.pool, w.host, w.slots, w.device, w.version, (select count(*) from experiment e where e.worker = w.name and e.state = 'running')::int,
               w.last_seen, w.last_seen > clock_timestamp() - @alive, w.cordon_reason, w.draining
        from worker w order by w.pool, w.last_seen desc
        """,
        row => new WorkerRow(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetInt32(6), row.Time(7), row.GetBoolean(8), row.TextOrNull(9), row.GetBoolean(10)),
        cancellation, ("alive", AliveFor));
}
