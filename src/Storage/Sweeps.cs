using Npgsql;
using NpgsqlTypes;
using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Sweeps;
using ViViT.Contracts.Wire;
using ViViT.Storage.Telemetry;

namespace ViViT.Storage;

/// <summary>Sweeps, and the batch insert of their experiments.</summary>
public sealed class Sweeps(NpgsqlDataSource database)
{
    private const int WorthAnalysing = 1_000;

    private const string StatusColumns = """
        select s.id, s.name, s.description, s.state, s.created_at, s.finished_at, s.pool, s.priority, s.weight, s.max_parallel, s.expected,
               coalesce(sum(p.experiments) filter (where p.state = 'pending'), 0)::int, coalesce(sum(p.experiments) filter (where p.state = 'queued'), 0)::int,
               coalesce(sum(p.experiments) filter (where p.state = 'running'), 0)::int, coalesce(sum(p.experiments) filter (where p.state = 'succeeded'), 0)::int,
               coalesce(sum(p.experiments) filter (where p.state = 'failed'), 0)::int, coalesce(sum(p.experiments) filter (where p.state = 'stopped'), 0)::int,
               coalesce(sum(p.experiments) filter (where p.state = 'cancelled'), 0)::int, coalesce(sum(p.steps_done), 0)::bigint, coalesce(sum(p.steps_total), 0)::bigint
        """;

    public async Task<SweepId> NextId(CancellationToken cancellation) =>
        (await database.Query("-- Sweeps.NextId\nselect nextval('sweep_id_seq')", row => new SweepId(row.GetInt64(0)), cancellation)).Single();

    /// <summary>Inserts the sweep and its experiments, queued, in one transaction; does nothing when the sweep exists.</summary>
    /// <param name="cells">Those that are decided.</param>
    /// <param name="expected">Experiments that the sweep has in the end.</param>
    /// <param name="by">Who submits it.</param>
    public async Task Insert(SweepId id, SweepSpec spec, IReadOnlyList<Cell> cells, int expected, string? by, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var inserted = await connection.Execute("""
            -- Sweeps.Insert
            with inserted as (
              insert into sweep (id, name, description, spec, state, pool, priority, weight, max_parallel, needs, expected, grouped)
              values (@id, @name, @description, @spec::jsonb, 'running', @pool, @priority, @weight, @max_parallel, @needs::jsonb, @expected, @grouped) on conflict do nothing returning id)
            insert into event (kind, sweep_id, text, by) select 'sweep_submitted', id, @text, @by from inserted
            """, cancellation, ("id", id.Value), ("name", spec.Name), ("description", spec.Description), ("spec", Sql.Json(spec)), ("pool", spec.Pool), ("priority", spec.Priority),
            ("weight", spec.Weight), ("max_parallel", Sql.Optional("max_parallel", spec.MaxParallel)), ("needs", Sql.Json(spec.Resources)), ("expected", expected), ("grouped", spec.Group != GroupSetting.Off),
            ("text", $"'{spec.Name}', {expected} experiments for pool {spec.Pool}"), ("by", Sql.Optional("by", by)));
        if (inserted == 0) return;

        await Copy(connection, id, spec, cells, cancellation);
        await transaction.CommitAsync(cancellation);
        if (cells.Count >= WorthAnalysing) await connection.Execute("-- Sweeps.Analyse: plans made for a small table scan a large one\nselect analyze_experiments()", cancellation);
    }

    /// <summary>
    /// Takes ends that the search has not heard of yet, and the experiments that it chose after hearing them, in one transaction. Does nothing when
    /// another was first, which the count of known experiments and results tells.
    /// </summary>
    public async Task Extend(SweepId id, SweepSpec spec, int knownResults, IReadOnlyList<SearchResult> results, int knownCells, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.Execute("""
            -- Sweeps.LockSearch: a statement of its own, so that the counts that follow see what another stored before
            select from sweep where id = @id for no key update
            """, cancellation, ("id", id.Value));
        var (heard, had) = (await connection.Query("""
            -- Sweeps.Known
            select (select count(*) from search_result where sweep_id = @id)::int, (select count(*) from experiment where sweep_id = @id)::int
            """, row => (row.GetInt32(0), row.GetInt32(1)), cancellation, ("id", id.Value))).Single();
        if (heard != knownResults || had != knownCells) return;

        await connection.Execute("""
            -- Sweeps.Hear
            insert into search_result (sweep_id, seq, ordinal, value) select @id, @first + i - 1, ordinal, value from unnest(@ordinals, @values) with ordinality r(ordinal, value, i)
            """, cancellation, ("id", id.Value), ("first", knownResults), ("ordinals", results.Select(result => result.Ordinal).ToArray()), ("values", results.Select(result => result.Value).ToArray()));
        await Copy(connection, id, spec, cells, cancellation);
        if (cells.Count > 0)
        {
            await connection.Execute("-- Sweeps.Chosen\ninsert into event (kind, sweep_id, text) values ('search_chose', @id, @text)", cancellation,
                ("id", id.Value), ("text", $"{cells.Count} experiments, from number {cells[0].Ordinal} on, after {knownResults + results.Count} results"));
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The spec as it was submitted; null when there is no such sweep.</summary>
    public async Task<SweepSpec?> Spec(SweepId id, CancellationToken cancellation) => (await database.Query(
        "-- Sweeps.Spec\nselect spec::text from sweep where id = @id", row => Sql.FromJson<SweepSpec>(row.GetString(0)), cancellation, ("id", id.Value))).SingleOrDefault();

    /// <summary>What the search was told, in order.</summary>
    public async Task<IReadOnlyList<SearchResult>> Results(SweepId id, CancellationToken cancellation) => await database.Query(
        "-- Sweeps.Results\nselect ordinal, value from search_result where sweep_id = @id order by seq",
        row => new SearchResult(row.GetInt32(0), row.DoubleOrNull(1)), cancellation, ("id", id.Value));

    /// <summary>Ends that the search has not been told of, in the order in which they came.</summary>
    public async Task<IReadOnlyList<SearchResult>> NewResults(SweepId id, ObjectiveSpec objective, CancellationToken cancellation) => await database.Query("""
        -- Sweeps.NewResults
        select e.ordinal, case when e.state in ('succeeded', 'stopped') then case when @maximize then s.max_value else s.min_value end end
        from experiment e
        left join metric_key k on k.name = @metric
        left join metric_summary s on s.experiment_id = e.id and s.metric_id = k.id
        where e.sweep_id = @id and e.state in ('succeeded', 'failed', 'stopped', 'cancelled')
          and not exists (select from search_result r where r.sweep_id = e.sweep_id and r.ordinal = e.ordinal)
        order by e.state_since, e.ordinal
        """, row => new SearchResult(row.GetInt32(0), row.DoubleOrNull(1)), cancellation, ("id", id.Value), ("metric", objective.Metric), ("maximize", objective.Goal == Goal.Maximize));

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
        group by s.id, s.name, s.description, s.state, s.created_at, s.finished_at, s.pool, s.priority, s.weight, s.max_parallel, s.expected order by s.id desc
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

    /// <returns>The new ETag; null when the row is no longer the one that was read, or the sweep is to have ended and an experiment of it goes on.</returns>
    /// <param name="why">What led to the state, for the event that tells of it.</param>
    /// <param name="by">Who wanted it; null: the sweep came to it by itself.</param>
    public async Task<string?> Write(Sweep sweep, string why, string? by, string etag, CancellationToken cancellation) => (await database.Query("""
        -- Sweeps.Write
        with written as (
          update sweep set state = @state, version = version + 1, steered_by = coalesce(@by, steered_by), finished_at = case when @state in ('running', 'paused') then null else coalesce(finished_at, clock_timestamp()) end
          where id = @id and version = @etag::bigint
            and (@state not in ('succeeded', 'failed') or not exists (select from experiment where sweep_id = @id and state in ('pending', 'queued', 'running')))
          returning id, version),
        noted as (insert into event (kind, sweep_id, text, by) select 'sweep_' || @state, id, @why, @by from written)
        select version::text from written
        """, row => row.GetString(0), cancellation, ("id", sweep.Id.Value), ("state", Sql.Text(sweep.State)), ("why", why), ("by", Sql.Optional("by", by)), ("etag", etag))).SingleOrDefault();

    /// <summary>A sweep's place in the queue from now on.</summary>
    /// <param name="by">Who wants it.</param>
    /// <returns>Whether there is such a sweep.</returns>
    public async Task<bool> SetPriority(SweepId id, int priority, string? by, CancellationToken cancellation) => (await database.Query("""
        -- Sweeps.SetPriority
        with changed as (update sweep set priority = @priority where id = @id and priority <> @priority returning id),
        noted as (insert into event (kind, sweep_id, text, by) select 'sweep_priority', id, 'Its priority is ' || @priority || ' from now on.', @by from changed)
        select exists (select from sweep where id = @id)
        """, row => row.GetBoolean(0), cancellation, ("id", id.Value), ("priority", priority), ("by", Sql.Optional("by", by)))).Single();

    /// <summary>Carries out <see cref="ExperimentEvent.Cancelled"/> for every experiment of the sweep that is not final, and closes their attempts.</summary>
    public async Task CancelExperiments(SweepId id, string reason, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var waiting = (await connection.Query("""
            -- Sweeps.LockUnfinished: a statement of its own, so that the next one sees the attempt of a grant that it had to wait for
            select id, state = 'queued' and attempt > 0 from experiment where sweep_id = @id and state in ('pending', 'queued', 'running') order by id for update
            """, row => (Id: row.GetInt64(0), Waits: row.GetBoolean(1)), cancellation, ("id", id.Value))).Where(one => one.Waits).Select(one => one.Id).ToArray();
        var cancelled = await connection.Query("""
            -- Sweeps.CancelExperiments: the bulk form of Experiment.Apply(Cancelled); attempts are locked in the order of Metrics.Flush
            with cancelled as (
              update experiment set state = 'cancelled', state_since = clock_timestamp(), fence = fence + 1, worker = null, lease_until = null, lease_id = null, release = null, ready_at = null,
                     reason = @reason, version = version + 1
              where sweep_id = @id and state in ('pending', 'queued', 'running')
              returning id, attempt, pool, trace),
            open as (
              select a.experiment_id, a.attempt from experiment_attempt a join cancelled c on a.experiment_id = c.id and a.attempt = c.attempt
              where a.ended_at is null order by a.experiment_id for update of a),
            noted as (insert into event (kind, sweep_id, experiment_id, text, by) select 'experiment_cancelled', @id, id, @reason, (select steered_by from sweep where id = @id) from cancelled),
            closed as (
              update experiment_attempt a set ended_at = clock_timestamp(), outcome = 'cancelled', class = 'cancelled', reason = @reason
              from open where a.experiment_id = open.experiment_id and a.attempt = open.attempt
              returning a.experiment_id, a.attempt, a.worker, a.started_at, a.ended_at)
            select c.pool, c.id, c.trace, clock_timestamp(), a.attempt, a.worker, a.started_at, a.ended_at, (select count(*)::int from cancelled)
            from cancelled c left join closed a on a.experiment_id = c.id where c.trace is not null or a.attempt is not null or c.id = (select min(id) from cancelled)
            """, row => new Cancelled(row.GetString(0), new(row.GetInt64(1)), row.TextOrNull(2), row.Time(3),
                row.IsDBNull(4) ? null : new(row.GetInt32(4), row.GetString(5), row.Time(6), row.Time(7)), row.GetInt32(8)), cancellation, ("id", id.Value), ("reason", reason));
        if (waiting.Length > 0) await Metrics.RebuildSummaries(connection, waiting, cancellation); // as in Experiments.Write
        await transaction.CommitAsync(cancellation);
        Tell(cancelled, reason);
    }

    /// <summary>Carries out <see cref="ExperimentEvent.Retried"/> for every experiment of the sweep that failed.</summary>
    public async Task<IReadOnlyList<ExperimentId>> RetryFailed(SweepId id, string reason, string? by, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var again = await connection.Query("""
            -- Sweeps.RetryFailed: the bulk form of Experiment.Apply(Retried)
            with again as (
              update experiment set state = 'queued', state_since = clock_timestamp(), failures = 0, reason = @reason, avoid_worker = null, version = version + 1
              where sweep_id = @id and state = 'failed' returning id),
            noted as (insert into event (kind, sweep_id, experiment_id, text, by) select 'experiment_queued', @id, id, @reason, @by from again)
            select id from again order by id
            """, row => row.GetInt64(0), cancellation, ("id", id.Value), ("reason", reason), ("by", Sql.Optional("by", by)));
        await Metrics.RebuildSummaries(connection, [.. again], cancellation);
        await transaction.CommitAsync(cancellation);
        return [.. again.Select(experiment => new ExperimentId(experiment))];
    }

    private static void Tell(List<Cancelled> cancelled, string reason)
    {
        if (cancelled is not [var any, ..]) return;
        var ending = AttemptEnding.Of(new ExperimentEvent.Cancelled(reason))!;
        foreach (var experiment in cancelled)
        {
            if (experiment.Closed is { } attempt)
            {
                AttemptInstruments.Ended(experiment.Pool, ending, attempt.Lasted);
                ExperimentTrace.Ended(experiment.Trace, experiment.Id, attempt, ending);
            }

            ExperimentTrace.Ended(experiment.Trace, experiment.Id, ExperimentState.Cancelled, reason, experiment.At);
        }

        LeaseInstruments.Preempted(PreemptionSource.Cancel, cancelled.Count(experiment => experiment.Closed is not null));
        AttemptInstruments.Ended(any.Pool, ExperimentState.Cancelled, any.Of);
    }

    private static async Task Copy(NpgsqlConnection connection, SweepId id, SweepSpec spec, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        if (cells.Count == 0) return;
        await CopyRows(connection, id, spec, cells, cancellation);
        await CopySpecs(connection, id, cells, cancellation);
        var last = (await connection.Query("-- Sweeps.LastExperiment\nselect max(id) from experiment where sweep_id = @id",
            row => row.GetInt64(0), cancellation, ("id", id.Value))).Single();
        await MetricPartitions.Ensure(connection, last, cancellation);
    }

    private static async Task CopyRows(NpgsqlConnection connection, SweepId id, SweepSpec spec, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy experiment (sweep_id, ordinal, axes, data, epochs, batch_size, group_key, shape_key, group_limit, pool, state, max_attempts, informed, trace) from stdin (format binary)", cancellation);
        var shapes = new Dictionary<string, string?>(StringComparer.Ordinal); // what has the same group key has the same shape
        foreach (var cell in cells)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(id.Value, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(cell.Ordinal, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(Sql.Json(cell.Axes), NpgsqlDbType.Json, cancellation);
            await copy.WriteAsync(cell.Spec.Data.Name, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(cell.Spec.Training.Epochs, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(cell.Spec.Training.BatchSize, NpgsqlDbType.Integer, cancellation);
            var group = cell.GroupKey;
            if (!shapes.TryGetValue(group, out var shape)) shapes[group] = shape = Shape(cell.Spec);
            await copy.WriteAsync(group, NpgsqlDbType.Text, cancellation);
            await Write(copy, shape, NpgsqlDbType.Text, cancellation);
            await Write(copy, spec.Group.Size, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(spec.Pool, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(Sql.Text(ExperimentState.Queued), NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(spec.MaxAttempts, NpgsqlDbType.Integer, cancellation);
            await Write(copy, cell.Informed, NpgsqlDbType.Integer, cancellation);
            await Write(copy, ExperimentTrace.Begin(id, cell.Ordinal, spec.Pool), NpgsqlDbType.Text, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    private static async Task CopySpecs(NpgsqlConnection connection, SweepId id, IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync("copy experiment_spec (sweep_id, ordinal, spec) from stdin (format binary)", cancellation);
        foreach (var cell in cells)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(id.Value, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(cell.Ordinal, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(Sql.Json(cell.Spec), NpgsqlDbType.Jsonb, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    private static Task Write(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellation) =>
        value is null ? copy.WriteNullAsync(cancellation) : copy.WriteAsync(value, type, cancellation);

    private static string? Shape(ExperimentSpec spec) => DataSetCatalogue.Find(spec.Data.Name) is { } set ? GroupKey.ShapeOf(spec, set.Size, set.Classes) : null;

    private static SweepStatus ReadStatus(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), row.GetString(1), row.TextOrNull(2), Sql.Parse<SweepState>(row.GetString(3)),
        new StateCounts(row.GetInt32(11), row.GetInt32(12), row.GetInt32(13), row.GetInt32(14), row.GetInt32(15), row.GetInt32(16), row.GetInt32(17)),
        row.GetInt64(18), row.GetInt64(19), row.Time(4), row.TimeOrNull(5), row.GetString(6), row.GetInt32(7), row.GetDouble(8), row.IntOrNull(9), row.GetInt32(10));

    /// <summary>Of the experiments that were cancelled together those with something to tell, and at least one.</summary>
    /// <param name="Of">How many were cancelled.</param>
    private sealed record Cancelled(string Pool, ExperimentId Id, string? Trace, DateTimeOffset At, EndedAttempt? Closed, int Of);
}
