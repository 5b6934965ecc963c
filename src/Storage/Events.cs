using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>
/// What the system did and why: an append-only table. Whatever changes a state writes its event in the same statement, so that one never
/// stands without the other; this class reads, and notes what changes nothing.
/// </summary>
public sealed class Events(NpgsqlDataSource database)
{
    /// <summary>Notes something that changed nothing.</summary>
    /// <param name="by">Who tried; null when that is not known.</param>
    public async Task Note(string kind, string text, string? by, CancellationToken cancellation) => await database.Execute("""
        -- Events.Note
        insert into event (kind, text, by) values (@kind, @text, @by)
        """, cancellation, ("kind", kind), ("text", text), ("by", Sql.Optional("by", by)));

    /// <summary>
    /// Events in rising order of id. Only those before which none can appear any more: whoever asks again for what is after the last one misses nothing,
    /// though transactions commit in another order than they began.
    /// </summary>
    /// <param name="after">Only later ones; null: the latest.</param>
    public async Task<IReadOnlyList<EventRow>> List(SweepId? sweep, ExperimentId? experiment, long? after, int limit, CancellationToken cancellation) => await database.Query($"""
        -- Events.List
        select id, at, kind, sweep_id, experiment_id, worker, text, by from (
          select * from event
          where txid < pg_snapshot_xmin(pg_current_snapshot()) and (@after::bigint is null or id > @after)
            and (@sweep::bigint is null or sweep_id = @sweep)
            and (@experiment::bigint is null or (sweep_id = (select sweep_id from experiment where id = @experiment) and experiment_id = @experiment))
          order by id {(after is null ? "desc" : "")} limit @limit) page
        order by id
        """, row => new EventRow(row.GetInt64(0), row.Time(1), row.GetString(2), row.LongOrNull(3) is { } sweepId ? new SweepId(sweepId) : null,
            row.LongOrNull(4) is { } experimentId ? new ExperimentId(experimentId) : null, row.TextOrNull(5), row.GetString(6), row.TextOrNull(7)),
        cancellation, ("sweep", Sql.Optional("sweep", sweep?.Value)), ("experiment", Sql.Optional("experiment", experiment?.Value)), ("after", Sql.Optional("after", after)), ("limit", limit));
}
