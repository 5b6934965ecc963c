using System.Diagnostics;
using Npgsql;
using ViViT.Contracts.Specs;

namespace ViViT.Bench.Orchestrator;

/// <summary>
/// The limit of grants: a queue that is a table and nothing else, on the same server with the same durability. A claim and an end are one
/// prepared statement each; no HTTP, no rules, no groups, no guards.
/// </summary>
internal sealed class PlainQueue(NpgsqlDataSource database)
{
    public async Task Fill(int rows)
    {
        await using var command = database.CreateCommand("""
            create table plain_queue (id bigint primary key, pool text not null, priority int not null, state text not null, spec jsonb not null, fence bigint not null, worker text, lease_until timestamptz);
            create index on plain_queue (pool, priority desc, id) where state = 'queued';
            create table plain_attempt (id bigint, fence bigint, worker text, started_at timestamptz, ended_at timestamptz, primary key (id, fence));
            """);
        await command.ExecuteNonQueryAsync();
        await using var fill = database.CreateCommand("insert into plain_queue select id, 'local', 0, 'queued', @spec::jsonb, 0 from generate_series(1, @rows) id");
        fill.Parameters.AddWithValue("spec", System.Text.Encoding.UTF8.GetString(Api.Body(Sweeps.Of(1).Experiment)));
        fill.Parameters.AddWithValue("rows", rows);
        await fill.ExecuteNonQueryAsync();
        await using var analyze = database.CreateCommand("analyze plain_queue");
        await analyze.ExecuteNonQueryAsync();
    }

    /// <summary>Claims and ends that many, over some connections side by side.</summary>
    /// <returns>Seconds.</returns>
    public async Task<double> Work(int connections, int experiments)
    {
        var left = experiments;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Loop()));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task Loop()
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var claim = new NpgsqlCommand("""
                with picked as (select id from plain_queue where pool = 'local' and state = 'queued' order by priority desc, id limit 1 for update skip locked),
                granted as (
                  update plain_queue q set state = 'running', fence = fence + 1, worker = 'bench', lease_until = clock_timestamp() + interval '15 s'
                  from picked where q.id = picked.id returning q.id, q.fence, q.spec),
                opened as (insert into plain_attempt (id, fence, worker, started_at) select id, fence, 'bench', clock_timestamp() from granted)
                select id, fence, spec::text from granted
                """, connection);
            await using var end = new NpgsqlCommand("""
                with ended as (update plain_queue set state = 'succeeded', worker = null, lease_until = null where id = $1 and fence = $2 and state = 'running' returning id, fence)
                update plain_attempt a set ended_at = clock_timestamp() from ended where a.id = ended.id and a.fence = ended.fence
                """, connection);
            var (id, fence) = (new NpgsqlParameter<long>(), new NpgsqlParameter<long>());
            end.Parameters.Add(id);
            end.Parameters.Add(fence);
            await claim.PrepareAsync();
            await end.PrepareAsync();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await using (var row = await claim.ExecuteReaderAsync())
                {
                    if (!await row.ReadAsync()) throw new InvalidOperationException("The plain queue ran dry.");
                    (id.TypedValue, fence.TypedValue) = (row.GetInt64(0), row.GetInt64(1));
                }

                if (await end.ExecuteNonQueryAsync() != 1) throw new InvalidOperationException("A claim was not there to end.");
            }
        }
    }
}
