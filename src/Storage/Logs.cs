using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Storage.Telemetry;

namespace ViViT.Storage;

/// <summary>What trainers wrote to their logs.</summary>
public sealed class Logs(NpgsqlDataSource database)
{
    /// <summary>Stores the lines of attempts that were made under their fence, ended or not; each line once, whoever sends it twice.</summary>
    public async Task Store(IReadOnlyList<LogBatch> batches, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var batch in batches.Where(batch => batch.Lines.Count > 0))
        {
            var known = (await connection.Query("""
                -- Logs.Store
                with attempt as (select experiment_id, attempt from experiment_attempt where experiment_id = @experiment and fence = @fence),
                stored as (
                  insert into experiment_log (experiment_id, attempt, seq, at, line)
                  select a.experiment_id, a.attempt, l.seq, l.at, l.line from attempt a, unnest(@seqs, @ats, @lines) l(seq, at, line)
                  order by l.seq on conflict do nothing)
                select exists (select from attempt)
                """, row => row.GetBoolean(0), cancellation, ("experiment", batch.Experiment.Value), ("fence", batch.Fence), ("seqs", batch.Lines.Select(line => line.Seq).ToArray()),
                ("ats", batch.Lines.Select(line => line.At.UtcDateTime).ToArray()),
                ("lines", batch.Lines.Select(line => line.Text.Replace("\0", "", StringComparison.Ordinal)).ToArray()))).Single(); // Postgres stores every character but NUL
            if (!known) EffectInstruments.Fenced(FencedKind.Log);
        }
    }

    /// <summary>Lines of an experiment, all attempts, oldest first.</summary>
    /// <param name="after">Only rows of a higher id.</param>
    public async Task<IReadOnlyList<LogRow>> List(ExperimentId experiment, long after, int limit, CancellationToken cancellation) => await database.Query("""
        -- Logs.List
        select id, attempt, at, line from experiment_log where experiment_id = @id and id > @after order by id limit @limit
        """, row => new LogRow(row.GetInt64(0), row.GetInt32(1), row.Time(2), row.GetString(3)), cancellation, ("id", experiment.Value), ("after", after), ("limit", limit));
}
