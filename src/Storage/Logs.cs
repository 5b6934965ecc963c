using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Wire;

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
            await connection.Execute("""
                -- Logs.Store
                insert into experiment_log (experiment_id, attempt, seq, at, line)
                select a.experiment_id, a.attempt, l.seq, l.at, l.line
                from experiment_attempt a, unnest(@seqs, @ats, @lines) l(seq, at, line) where a.experiment_id = @experiment and a.fence = @fence
                order by l.seq on conflict do nothing
                """, cancellation, ("experiment", batch.Experiment.Value), ("fence", batch.Fence), ("seqs", batch.Lines.Select(line => line.Seq).ToArray()),
                ("ats", batch.Lines.Select(line => line.At.UtcDateTime).ToArray()),
                ("lines", batch.Lines.Select(line => line.Text.Replace("\0", "", StringComparison.Ordinal)).ToArray())); // Postgres stores every character but NUL
        }
    }

    /// <summary>Lines of an experiment, all attempts, oldest first.</summary>
    /// <param name="after">Only rows of a higher id.</param>
    public async Task<IReadOnlyList<LogRow>> List(ExperimentId experiment, long after, int limit, CancellationToken cancellation) => await database.Query("""
        -- Logs.List
        select id, attempt, at, line from experiment_log where experiment_id = @id and id > @after order by id limit @limit
        """, row => new LogRow(row.GetInt64(0), row.GetInt32(1), row.Time(2), row.GetString(3)), cancellation, ("id", experiment.Value), ("after", after), ("limit", limit));
}
