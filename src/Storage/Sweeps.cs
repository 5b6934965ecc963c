using Npgsql;
using NpgsqlTypes;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Sweeps, and the batch insert of their experiments.</summary>
public sealed class Sweeps(NpgsqlDataSource database)
{
    private const string StatusColumns = """
        select s.id, s.name, s.description, s.state, s.created_at, s.finished_at,
               coalesce(sum(p.experiments) filter (where p.state = 'pending'), 0)::int, coalesce(sum(p.experiments) filter (where p.state = 'queued'), 0)::int,
               coalesce(sum(p.experiments) filter (where p.state = 'running'), 0)::int, coalesce(sum(p.experiments) filter (where p.state = 'succeeded'), 0)::int,
               coalesce(sum(p.experiments) filter (where p.state = 'failed'), 0)::int, coalesce(sum(p.experiments) filter (where p.state = 'stopped'), 0)::int,
               coalesce(sum(p.experiments) filter (where p.state = 'cancelled'), 0)::int, coalesce(sum(p.steps_done), 0)::bigint, coalesce(sum(p.steps_total), 0)::bigint
        """;

    public async Task<SweepId> NextId(CancellationToken cancellation) =>
        (await database.Query("-- Sweeps.NextId\nselect nextval('sweep_id_seq')", row => new SweepId(row.GetInt64(0)), cancellation)).Single();

    /// <summary>Inserts the sweep and its experiments, queued, in one transaction; does nothing when the sweep exists.</summary>
    public async Task Insert(SweepId id, SweepSpec spec, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var inserted = await connection.Execute("""
            -- Sweeps.Insert
            insert into sweep (id, name, description, spec, state) values (@id, @name, @description, @spec::jsonb, 'running') on conflict do nothing
            """, cancellation, ("id", id.Value), ("name", spec.Name), ("description", spec.Description), ("spec", Sql.Json(spec)));
        if (inserted == 0) return;

        await Copy(connection, id, spec, cells, cancellation);
        var last = (await connection.Query("-- Sweeps.LastExperiment\nselect coalesce(max(id), 0) from experiment where sweep_id = @id",
            row => row.GetInt64(0), cancellation, ("id", id.Value))).Single();
        await MetricPartitions.Ensure(connection, last, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<SweepStatus?> Status(SweepId id, CancellationToken cancellation) => (await database.Query($"""
        -- Sweeps.Status
        {StatusColumns}
        from sweep s left join sweep_progress p on p.sweep_id = s.id where s.id = @id group by s.id
        """, ReadStatus, cancellation, ("id", id.Value))).SingleOrDefault();

    /// <summary>The latest sweeps, newest first.</summary>
    public async Task<IReadOnlyList<SweepStatus>> List(int limit, CancellationToken cancellation) => await database.Query($"""
        -- Sweeps.List
        {StatusColumns}
        from (select * from sweep order by id desc limit @limit) s
        left join lateral (select * from sweep_progress p where p.sweep_id = s.id) p on true
        group by s.id, s.name, s.description, s.state, s.created_at, s.finished_at order by s.id desc
        """, ReadStatus, cancellation, ("limit", limit));

    public async Task<StateCounts> Counts(SweepId id, CancellationToken cancellation)
    {
        var counts = (await database.Query("-- Sweeps.Counts\nselect state, count(*)::int from experiment where sweep_id = @id group by state",
            row => (State: Sql.Parse<ExperimentState>(row.GetString(0)), Count: row.GetInt32(1)), cancellation, ("id", id.Value))).ToDictionary(row => row.State, row => row.Count);
        int Of(ExperimentState state) => counts.GetValueOrDefault(state);
        return new(Of(ExperimentState.Pending), Of(ExperimentState.Queued), Of(ExperimentState.Running), Of(ExperimentState.Succeeded),
            Of(ExperimentState.Failed), Of(ExperimentState.Stopped), Of(ExperimentState.Cancelled));
    }

    /// <summary>The sweep and the ETag of its row; null when there is none.</summary>
    public async Task<(Sweep Sweep, string ETag)?> Read(SweepId id, CancellationToken cancellation)
    {
        var rows = await database.Query("-- Sweeps.Read\nselect state, version::text from sweep where id = @id",
            row => (new Sweep { Id = id, State = Sql.Parse<SweepState>(row.GetString(0)) }, row.GetString(1)), cancellation, ("id", id.Value));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <returns>The new ETag; null when the row is no longer the one that was read.</returns>
    public async Task<string?> Write(Sweep sweep, string etag, CancellationToken cancellation) => (await database.Query("""
        -- Sweeps.Write
        update sweep set state = @state, version = version + 1, finished_at = case when @state = 'running' then null else coalesce(finished_at, clock_timestamp()) end
        where id = @id and version = @etag::bigint returning version::text
        """, row => row.GetString(0), cancellation, ("id", sweep.Id.Value), ("state", Sql.Text(sweep.State)), ("etag", etag))).SingleOrDefault();

    /// <summary>Carries out <see cref="ExperimentEvent.Cancelled"/> for every experiment of the sweep that is not final, and closes their attempts.</summary>
    public async Task CancelExperiments(SweepId id, string reason, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.Execute("""
            -- Sweeps.LockUnfinished: a statement of its own, so that the next one sees the attempt of a grant that it had to wait for
            select from experiment where sweep_id = @id and state in ('pending', 'queued', 'running') order by id for update
            """, cancellation, ("id", id.Value));
        await connection.Execute("""
            -- Sweeps.CancelExperiments: the bulk form of Experiment.Apply(Cancelled); attempts are locked in the order of Metrics.Flush
            with cancelled as (
              update experiment set state = 'cancelled', state_since = clock_timestamp(), fence = fence + 1, worker = null, lease_until = null, reason = @reason, version = version + 1
              where sweep_id = @id and state in ('pending', 'queued', 'running')
              returning id, attempt),
            open as (
              select a.experiment_id, a.attempt from experiment_attempt a join cancelled c on a.experiment_id = c.id and a.attempt = c.attempt
              where a.ended_at is null order by a.experiment_id for update of a)
            update experiment_attempt a set ended_at = clock_timestamp(), outcome = @outcome, reason = @reason
            from open where a.experiment_id = open.experiment_id and a.attempt = open.attempt
            """, cancellation, ("id", id.Value), ("reason", reason), ("outcome", AttemptOutcomes.LeaseLost));
        await transaction.CommitAsync(cancellation);
    }

    private static async Task Copy(NpgsqlConnection connection, SweepId id, SweepSpec spec, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy experiment (sweep_id, ordinal, axes, data, spec, group_key, shape_key, group_limit, pool, state, max_attempts) from stdin (format binary)", cancellation);
        foreach (var cell in cells)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(id.Value, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(cell.Ordinal, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(Sql.Json(cell.Axes), NpgsqlDbType.Json, cancellation);
            await copy.WriteAsync(cell.Spec.Data.Name, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(Sql.Json(cell.Spec), NpgsqlDbType.Jsonb, cancellation);
            await copy.WriteAsync(cell.GroupKey, NpgsqlDbType.Text, cancellation);
            await Write(copy, Shape(cell.Spec), NpgsqlDbType.Text, cancellation);
            await Write(copy, spec.Group.Size, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(spec.Pool, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(Sql.Text(ExperimentState.Queued), NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(spec.MaxAttempts, NpgsqlDbType.Integer, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    private static Task Write(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellation) =>
        value is null ? copy.WriteNullAsync(cancellation) : copy.WriteAsync(value, type, cancellation);

    private static string? Shape(ExperimentSpec spec) => DataSetCatalogue.Find(spec.Data.Name) is { } set ? GroupKey.ShapeOf(spec, set.Size, set.Classes) : null;

    private static SweepStatus ReadStatus(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), row.GetString(1), row.TextOrNull(2), Sql.Parse<SweepState>(row.GetString(3)),
        new StateCounts(row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12)),
        row.GetInt64(13), row.GetInt64(14), row.Time(4), row.TimeOrNull(5));
}
