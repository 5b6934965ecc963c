using Npgsql;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Workers as their heartbeats tell of them.</summary>
public sealed class Workers(NpgsqlDataSource database)
{
    /// <summary>Who was silent for longer is taken for gone, in lists and when work is shared out; leases have a term of their own.</summary>
    internal static readonly TimeSpan AliveFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>Notes a heartbeat. The first one of a worker also removes those that were silent for a day and hold nothing.</summary>
    public async Task Heard(string name, Heartbeat heartbeat, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var isNew = (await connection.Query("""
            -- Workers.Heard
            insert into worker (name, pool, host, slots, device, version) values (@name, @pool, @host, @slots, @device, @version)
            on conflict (name) do update set pool = @pool, host = @host, slots = @slots, device = @device, version = @version, last_seen = clock_timestamp()
            returning xmax = 0
            """, row => row.GetBoolean(0), cancellation,
            ("name", name), ("pool", heartbeat.Pool), ("host", heartbeat.Host), ("slots", heartbeat.Slots), ("device", heartbeat.Device), ("version", heartbeat.Version))).Single();
        if (!isNew) return;
        await connection.Execute("""
            -- Workers.Forget
            delete from worker w where last_seen < clock_timestamp() - @kept and not exists (select from experiment e where e.worker = w.name and e.state = 'running')
            """, cancellation, ("kept", KeptFor));
    }

    /// <summary>All known workers, those of a pool together, the latest heard first.</summary>
    public async Task<IReadOnlyList<WorkerRow>> List(CancellationToken cancellation) => await database.Query("""
        -- Workers.List
        select w.name, w.pool, w.host, w.slots, w.device, w.version, (select count(*) from experiment e where e.worker = w.name and e.state = 'running')::int,
               w.last_seen, w.last_seen > clock_timestamp() - @alive
        from worker w order by w.pool, w.last_seen desc
        """,
        row => new WorkerRow(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetInt32(6), row.Time(7), row.GetBoolean(8)),
        cancellation, ("alive", AliveFor));
}
