using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Storage.Telemetry;

namespace ViViT.Storage;

/// <summary>Experiments one by one, and as rows of a table.</summary>
public sealed class Experiments(NpgsqlDataSource database)
{
    private const string Row = """
        select e.id, e.sweep_id, e.ordinal, e.axes::text, e.data, e.state, e.state_since, e.attempt, e.worker, e.reason,
               coalesce(a.step, 0), coalesce(a.total_steps, 0),
               coalesce((select json_object_agg(k.name, s.last_value)::text from metric_summary s join metric_key k on k.id = s.metric_id
                         where s.experiment_id = e.id and k.name not like '%/confusion/%'), '{}'),
               e.ready_at, e.group_size
        """;

    private const string From = "from experiment e left join experiment_attempt a on a.experiment_id = e.id and a.attempt = e.attempt";

    /// <summary>The experiment and the ETag of its row; null when there is none.</summary>
    public async Task<(Experiment Experiment, string ETag)?> Read(ExperimentId id, CancellationToken cancellation)
    {
        var rows = await database.Query("-- Experiments.Read\nselect sweep_id, state, fence, attempt, max_attempts, worker, reason, version::text, failures, group_size, group_limit, accumulate, avoid_worker, batch_size, group_id from experiment where id = @id",
            row => (new Experiment
            {
                Id = id,
                Sweep = new(row.GetInt64(0)),
                State = Sql.Parse<ExperimentState>(row.GetString(1)),
                Fence = row.GetInt64(2),
                Attempt = row.GetInt32(3),
                MaxAttempts = row.GetInt32(4),
                Worker = row.TextOrNull(5),
                Reason = row.TextOrNull(6),
                Failures = row.GetInt32(8),
                GroupSize = row.IntOrNull(9),
                GroupLimit = row.IntOrNull(10),
                Accumulate = row.GetInt32(11),
                Avoid = row.TextOrNull(12),
                BatchSize = row.GetInt32(13),
                Group = row.LongOrNull(14),
            }, row.GetString(7)), cancellation, ("id", id.Value));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>The pool whose workers execute it; null when there is no such experiment.</summary>
    public async Task<string?> Pool(ExperimentId id, CancellationToken cancellation) => (await database.Query(
        "-- Experiments.Pool\nselect pool from experiment where id = @id", row => row.GetString(0), cancellation, ("id", id.Value))).SingleOrDefault();

    /// <summary>
    /// Stores a state that is not a grant (<see cref="Leases.Claim"/> grants), and the event that tells of it. Leaving <c>running</c> closes the open
    /// attempt in the same statement.
    /// </summary>
    /// <param name="ending">How the attempt ended; null when none did.</param>
    /// <param name="by">Who wanted it; null: it came to it by itself.</param>
    /// <returns>The new ETag; null when the row is no longer the one that was read.</returns>
    public async Task<string?> Write(Experiment experiment, AttemptEnding? ending, string? by, string etag, CancellationToken cancellation)
    {
        if (await WriteRow(experiment, ending, by, etag, cancellation) is not { } stored) return null;
        Tell(experiment, ending, stored);
        return stored.ETag;
    }

    private async Task<Stored?> WriteRow(Experiment experiment, AttemptEnding? ending, string? by, string etag, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var leavesQueue = ending is null && experiment.State is ExperimentState.Cancelled or ExperimentState.Stopped;
        if (experiment.State != ExperimentState.Queued && !leavesQueue) return await Write(connection, experiment, ending, by, etag, cancellation);

        // What is queued goes on from its checkpoint: from this moment the summaries hold no point after it. What ends there shows again all that it did.
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var written = await Write(connection, experiment, ending, by, etag, cancellation);
        if (written is not null) await Metrics.RebuildSummaries(connection, [experiment.Id.Value], cancellation);
        await transaction.CommitAsync(cancellation);
        return written;
    }

    /// <summary>Experiments of a sweep in order of ordinal.</summary>
    /// <param name="afterOrdinal">Only those with a higher one; -1 for all.</param>
    public async Task<IReadOnlyList<ExperimentRow>> List(SweepId sweep, ExperimentState? state, int afterOrdinal, int limit, CancellationToken cancellation) => await database.Query($"""
        -- Experiments.List
        {Row} {From}
        where e.sweep_id = @sweep and e.ordinal > @after and (@state::text is null or e.state = @state)
        order by e.ordinal limit @limit
        """, ReadRow, cancellation, ("sweep", sweep.Value), ("after", afterOrdinal), ("limit", limit), ("state", Sql.Optional("state", state is { } one ? Sql.Text(one) : null)));

    /// <summary>How the experiment's attempts ended, or that they have not.</summary>
    public async Task<IReadOnlyList<AttemptRow>> Attempts(ExperimentId id, CancellationToken cancellation) => await database.Query("""
        -- Experiments.Attempts
        select attempt, fence, worker, resumed_step, started_at, ended_at, outcome, reason, class from experiment_attempt where experiment_id = @id order by attempt
        """,
        row => new AttemptRow(row.GetInt32(0), row.GetInt64(1), row.GetString(2), row.LongOrNull(3), row.Time(4), row.TimeOrNull(5), row.TextOrNull(6), row.TextOrNull(7),
            row.TextOrNull(8) is { } failure ? Sql.Parse<FailureClass>(failure) : null),
        cancellation, ("id", id.Value));

    /// <summary>Null when there is no such experiment.</summary>
    public async Task<ExperimentDetail?> Detail(ExperimentId id, CancellationToken cancellation)
    {
        var found = await database.Query($"""
            -- Experiments.Detail
            {Row}, x.spec::text, e.checkpoint_step, e.checkpoint_path, e.checkpoint_sha256, e.checkpoint_bytes
            {From} join experiment_spec x on x.sweep_id = e.sweep_id and x.ordinal = e.ordinal where e.id = @id
            """,
            row => (Row: ReadRow(row), Spec: Sql.FromJson<ExperimentSpec>(row.GetString(15)), Checkpoint: ReadCheckpoint(row, 16)), cancellation, ("id", id.Value));
        if (found.Count == 0) return null;

        var attempts = await Attempts(id, cancellation);
        var metrics = await database.Query("""
            -- Experiments.Metrics
            select k.name, s.n, s.last_step, s.last_value, s.min_value, s.max_value, s.non_finite
            from metric_summary s join metric_key k on k.id = s.metric_id where s.experiment_id = @id order by k.name
            """,
            row => new MetricSummary(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetDouble(3), row.DoubleOrNull(4), row.DoubleOrNull(5), row.GetInt64(6)),
            cancellation, ("id", id.Value));
        return new(found[0].Row, found[0].Spec, attempts, found[0].Checkpoint, metrics);
    }

    /// <summary>Four columns from <paramref name="column"/>: step, path, sha256, bytes; all null when there is none.</summary>
    internal static CheckpointManifest? ReadCheckpoint(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new(row.GetInt64(column), row.GetString(column + 1), row.GetString(column + 2), row.GetInt64(column + 3));

    private static async Task<Stored?> Write(NpgsqlConnection connection, Experiment experiment, AttemptEnding? ending, string? by, string etag, CancellationToken cancellation) => (await connection.Query("""
        -- Experiments.Write: asked is the row as it was before
        with asked as (select release is not null as release from experiment where id = @id and @outcome = 'released'),
        written as (
          update experiment e set state = @state, state_since = case when e.state = @state then e.state_since else clock_timestamp() end, fence = @fence, attempt = @attempt,
                 failures = @failures, max_attempts = @max_attempts, worker = @worker, lease_until = case when @state = 'running' then e.lease_until end, reason = @reason,
                 release = case when @state = 'running' then e.release end, lease_id = case when @state = 'running' then e.lease_id end, ready_at = case when @state = 'queued' and @backoff > interval '0' then clock_timestamp() + @backoff end,
                 avoid_worker = @avoid, accumulate = @accumulate, group_limit = @group_limit, group_size = @group_size,
                 group_id = case when @group_size::int is null then null else e.group_id end, group_place = case when @group_size::int is null then null else e.group_place end, version = e.version + 1
          where e.id = @id and e.version = @etag::bigint returning e.id, e.sweep_id, e.attempt, e.version, e.ready_at, e.pool, e.trace),
        closed as (
          update experiment_attempt a set ended_at = clock_timestamp(), outcome = @outcome, class = @class, reason = @attempt_reason
          from written w where @outcome::text is not null and a.experiment_id = w.id and a.attempt = w.attempt and a.ended_at is null
          returning a.attempt, a.worker, a.started_at, a.ended_at),
        noted as (
          insert into event (kind, sweep_id, experiment_id, worker, by, text)
          select 'experiment_' || @state, sweep_id, id, (select a.worker from experiment_attempt a where a.experiment_id = w.id and a.attempt = w.attempt and @outcome::text is not null), @by, 'attempt ' || attempt || coalesce(' ' || replace(@outcome, '_', ' '), '') || coalesce(' (' || replace(@class, '_', ' ') || ')', '')
                 || coalesce(': ' || @reason, '') || coalesce(' Not offered before ' || to_char(ready_at at time zone 'utc', 'HH24:MI:SS') || ' UTC.', '')
          from written w)
        select w.version::text, w.pool, w.trace, clock_timestamp(), coalesce((select release from asked), false), c.attempt, c.worker, c.started_at, c.ended_at from written w left join closed c on true
        """, row => new Stored(row.GetString(0), row.GetString(1), row.TextOrNull(2), row.Time(3), row.GetBoolean(4),
            row.IsDBNull(5) ? null : new(row.GetInt32(5), row.GetString(6), row.Time(7), row.Time(8))), cancellation,
        ("id", experiment.Id.Value), ("state", Sql.Text(experiment.State)), ("fence", experiment.Fence), ("attempt", experiment.Attempt), ("failures", experiment.Failures),
        ("max_attempts", experiment.MaxAttempts), ("worker", Sql.Optional("worker", experiment.Worker)), ("reason", Sql.Optional("reason", experiment.Reason)), ("etag", etag),
        ("backoff", experiment.Backoff), ("avoid", Sql.Optional("avoid", experiment.Avoid)), ("accumulate", experiment.Accumulate),
        ("group_limit", Sql.Optional("group_limit", experiment.GroupLimit)), ("group_size", Sql.Optional("group_size", experiment.GroupSize)),
        ("outcome", Sql.Optional("outcome", ending?.Outcome)), ("class", Sql.Optional("class", ending?.Class is { } failure ? Sql.Text(failure) : null)),
        ("attempt_reason", Sql.Optional("attempt_reason", ending?.Reason)), ("by", Sql.Optional("by", by)))).SingleOrDefault();

    private static void Tell(Experiment experiment, AttemptEnding? ending, Stored stored)
    {
        if (ending is not null)
        {
            if (stored.Closed is { } attempt)
            {
                AttemptInstruments.Ended(stored.Pool, ending, attempt.Lasted);
                ExperimentTrace.Ended(stored.Trace, experiment.Id, attempt, ending);
            }

            if (experiment.State == ExperimentState.Queued) AttemptInstruments.QueuedAgain(ending);
            if (ending.Outcome == "cancelled") LeaseInstruments.Preempted(PreemptionSource.Cancel, 1);
            if (ending.Outcome == "released" && !stored.WasAsked) LeaseInstruments.Preempted(PreemptionSource.Drain, 1);
        }

        if (experiment.State.IsFinal())
        {
            AttemptInstruments.Ended(stored.Pool, experiment.State);
            ExperimentTrace.Ended(stored.Trace, experiment.Id, experiment.State, experiment.Reason, stored.At);
        }
    }

    private static ExperimentRow ReadRow(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetInt32(2), Sql.FromJson<Dictionary<string, string>>(row.GetString(3)), row.GetString(4),
        Sql.Parse<ExperimentState>(row.GetString(5)), row.Time(6), row.GetInt32(7), row.TextOrNull(8), row.TextOrNull(9), row.GetInt64(10), row.GetInt64(11),
        Sql.FromJson<Dictionary<string, double>>(row.GetString(12)), row.TimeOrNull(13), row.IntOrNull(14));

    /// <param name="WasAsked">The experiment had been asked to be handed back.</param>
    private sealed record Stored(string ETag, string Pool, string? Trace, DateTimeOffset At, bool WasAsked, EndedAttempt? Closed);
}
