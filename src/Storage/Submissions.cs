using Npgsql;
using ViViT.Contracts;

namespace ViViT.Storage;

/// <summary>Submissions under a key of the caller's choice: the first one chooses the sweep's number, a repeated one is told the same.</summary>
public sealed class Submissions(NpgsqlDataSource database)
{
    /// <summary>The number of the sweep that belongs to the key.</summary>
    /// <param name="specHash">Of what is submitted.</param>
    /// <returns>Null when the key stands for something else that was submitted before.</returns>
    public async Task<SweepId?> Reserve(string key, string specHash, CancellationToken cancellation)
    {
        await database.Execute("""
            -- Submissions.Reserve
            insert into submission (key, sweep_id, spec_hash) select @key, nextval('sweep_id_seq'), @hash
            where not exists (select from submission where key = @key) on conflict do nothing
            """, cancellation, ("key", key), ("hash", specHash));
        return (await database.Query("-- Submissions.Find\nselect case when spec_hash = @hash then sweep_id end from submission where key = @key",
            row => row.LongOrNull(0) is { } id ? new SweepId(id) : (SweepId?)null, cancellation, ("key", key), ("hash", specHash))).Single();
    }
}
