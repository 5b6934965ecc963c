using Npgsql;
using ViViT.Contracts.Wire;
using ViViT.Storage.Telemetry;

namespace ViViT.Storage;

/// <summary>Which checkpoint an experiment resumes from.</summary>
public sealed class Checkpoints(NpgsqlDataSource database)
{
    /// <summary>Makes the checkpoint the one to resume from, if the fence is the current one and it is not older than the one there is.</summary>
    public async Task<ReportReply> Commit(CheckpointCommit commit, CancellationToken cancellation)
    {
        var manifest = commit.Checkpoint;
        var (status, trace, from, to) = (await database.Query("""
            -- Checkpoints.Commit
            with held as (
              update experiment set checkpoint_step = @step, checkpoint_path = @path, checkpoint_sha256 = @sha256, checkpoint_bytes = @bytes, checkpoint_at = clock_timestamp()
              where id = @experiment and fence = @fence and state = 'running' and coalesce(checkpoint_step, -1) < @step
              returning id, trace),
            kept as (
              insert into checkpoint (experiment_id, fence, step, path, sha256, bytes) select id, @fence, @step, @path, @sha256, @bytes from held)
            select case when exists (select from held) then 'accepted'
                        when exists (select from checkpoint where experiment_id = @experiment and fence = @fence and step = @step) then 'duplicate'
                        else 'lease_lost' end,
                   (select trace from held), statement_timestamp(), clock_timestamp()
            """, row => (Sql.Parse<ReportStatus>(row.GetString(0)), row.TextOrNull(1), row.Time(2), row.Time(3)), cancellation,
            ("experiment", commit.Experiment.Value), ("fence", commit.Fence), ("step", manifest.Step), ("path", manifest.Path), ("sha256", manifest.Sha256), ("bytes", manifest.Bytes))).Single();
        if (status == ReportStatus.Accepted)
        {
            EffectInstruments.Committed(manifest);
            ExperimentTrace.Committed(trace, commit.Experiment, manifest, from, to);
        }

        if (status == ReportStatus.LeaseLost) EffectInstruments.Fenced(FencedKind.Checkpoint);
        return new(status);
    }
}
