using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Storage.Telemetry;

namespace ViViT.Storage;

/// <summary>Learning curves: written exactly once by (fence, flush number), read as the lineage of committed attempts (docs/metrics.md).</summary>
public sealed class Metrics(NpgsqlDataSource database)
{
    /// <summary>More distinct names than this mean that something other than the name is being written into it.</summary>
    private const int MostNames = 10_000;

    private readonly ConcurrentDictionary<string, int> keys = new(StringComparer.Ordinal);

    /// <summary>Stores each flush whose number is the next one of an open attempt under its fence. Flushes stand or fall one by one, in one transaction.</summary>
    /// <returns>A reply for each flush, in the same order.</returns>
    /// <exception cref="TooManyMetricNamesException">A name is one too many.</exception>
    public async Task<IReadOnlyList<ReportReply>> Flush(IReadOnlyList<MetricFlush> flushes, CancellationToken cancellation)
    {
        if (flushes.Count == 0) return [];
        var started = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Intern(connection, [.. flushes.SelectMany(flush => flush.Chunks).Select(chunk => chunk.Metric).Distinct(StringComparer.Ordinal)], cancellation);

        // In order of experiment, so that two batches never wait for each other; an experiment's own flushes keep their order.
        var order = Enumerable.Range(0, flushes.Count).OrderBy(i => flushes[i].Experiment.Value).ThenBy(i => i).ToArray();
        var replies = new ReportReply[flushes.Count];
        var refused = new List<int>();
        await using (var batch = new NpgsqlBatch(connection))
        {
            foreach (var index in order) batch.BatchCommands.Add(FlushCommand(flushes[index]));
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            foreach (var index in order)
            {
                if (await reader.ReadAsync(cancellation)) replies[index] = new(ReportStatus.Accepted, reader.GetInt32(0));
                else refused.Add(index);
                await reader.NextResultAsync(cancellation);
            }
        }

        foreach (var index in refused) replies[index] = await WhyRefused(connection, flushes[index], cancellation);
        EffectInstruments.Flushed(flushes, replies, started);
        return replies;
    }

    /// <summary>The experiment's curves by name; all of them when none is named. Each step once, rising.</summary>
    public async Task<IReadOnlyList<Curve>> Curves(ExperimentId experiment, IReadOnlyList<string>? names, CancellationToken cancellation) => await database.Query("""
        -- Metrics.Curves
        select metric, array_agg(step order by step), array_agg(value order by step)
        from run_curve where experiment_id = @id and (@all or metric = any(@names)) group by metric order by metric
        """, row => new Curve(row.GetString(0), row.GetFieldValue<long[]>(1), row.GetFieldValue<double[]>(2)),
        cancellation, ("id", experiment.Value), ("all", names is null), ("names", names?.ToArray() ?? []));

    /// <summary>After an end that cut the lineage: the summaries say again what the curves say.</summary>
    internal static async Task RebuildSummaries(NpgsqlConnection connection, long[] experiments, CancellationToken cancellation) => await connection.Execute("""
        -- Metrics.RebuildSummaries
        delete from metric_summary where experiment_id = any(@ids);
        insert into metric_summary (experiment_id, metric_id, n, last_step, last_value, min_value, max_value, non_finite)
        select c.experiment_id, k.id, count(*), max(c.step), (array_agg(c.value order by c.step desc))[1],
               min(c.value) filter (where c.value < 'Infinity' and c.value > '-Infinity'), max(c.value) filter (where c.value < 'Infinity' and c.value > '-Infinity'),
               count(*) filter (where not (c.value < 'Infinity' and c.value > '-Infinity'))
        from run_curve c join metric_key k on k.name = c.metric where c.experiment_id = any(@ids) group by c.experiment_id, k.id
        """, cancellation, ("ids", experiments));

    private NpgsqlBatchCommand FlushCommand(MetricFlush flush)
    {
        var series = flush.Chunks.GroupBy(chunk => keys[chunk.Metric]).OrderBy(chunks => chunks.Key)
            .Select(chunks => (Metric: chunks.Key, Steps: chunks.SelectMany(chunk => chunk.Steps).ToArray(), Values: chunks.SelectMany(chunk => chunk.Values).ToArray()))
            .Where(one => one.Steps.Length > 0)
            .ToArray();
        var finite = series.Select(one => one.Values.Where(double.IsFinite).ToArray()).ToArray();
        var command = new NpgsqlBatchCommand("""
            -- Metrics.Flush: advance the cursor where fence and number match, and only then store
            with f as (
              update experiment_attempt set next_seq = next_seq + 1, step = greatest(step, @step), total_steps = @total
              where experiment_id = @experiment and fence = @fence and next_seq = @seq and ended_at is null
              returning experiment_id, attempt, next_seq),
            s as (
              select f.*, u.*, (select coalesce(sum(n), 0) from unnest(@ns) with ordinality earlier(n, o) where earlier.o < u.o)::int as before
              from f, unnest(@metrics, @ns, @even, @last_values, @mins, @maxs, @non_finites) with ordinality u(metric_id, n, even, last_value, min_value, max_value, non_finite, o)),
            stored as (
              insert into metric_chunk (experiment_id, attempt, metric_id, seq, first_step, last_step, n, steps, vals)
              select experiment_id, attempt, metric_id, @seq, (@steps)[before + 1], (@steps)[before + n], n,
                     case when even then null else (@steps)[before + 1 : before + n] end, (@vals)[before + 1 : before + n] from s),
            summarised as (
              insert into metric_summary as t (experiment_id, metric_id, n, last_step, last_value, min_value, max_value, non_finite)
              select experiment_id, metric_id, n, (@steps)[before + n], last_value, min_value, max_value, non_finite from s order by metric_id
              on conflict (experiment_id, metric_id) do update set
                n = t.n + excluded.n, last_step = excluded.last_step, last_value = excluded.last_value, non_finite = t.non_finite + excluded.non_finite,
                min_value = least(t.min_value, excluded.min_value), max_value = greatest(t.max_value, excluded.max_value))
            select next_seq from f
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new("experiment", flush.Experiment.Value), new("fence", flush.Fence), new("seq", flush.Seq), new("step", flush.Step), new("total", flush.TotalSteps),
            new("metrics", series.Select(one => one.Metric).ToArray()), new("ns", series.Select(one => one.Steps.Length).ToArray()),
            new("even", series.Select(one => IsEven(one.Steps)).ToArray()), new("last_values", series.Select(one => one.Values[^1]).ToArray()),
            new("mins", finite.Select(values => values.Length == 0 ? (double?)null : values.Min()).ToArray()),
            new("maxs", finite.Select(values => values.Length == 0 ? (double?)null : values.Max()).ToArray()),
            new("non_finites", series.Zip(finite, (one, values) => (long)(one.Values.Length - values.Length)).ToArray()),
            new("steps", series.SelectMany(one => one.Steps).ToArray()), new("vals", series.SelectMany(one => one.Values).ToArray()),
        });
        return command;
    }

    private static async Task<ReportReply> WhyRefused(NpgsqlConnection connection, MetricFlush flush, CancellationToken cancellation)
    {
        var attempts = await connection.Query("-- Metrics.WhyRefused\nselect next_seq, ended_at is null from experiment_attempt where experiment_id = @experiment and fence = @fence",
            row => (NextSeq: row.GetInt32(0), Open: row.GetBoolean(1)), cancellation, ("experiment", flush.Experiment.Value), ("fence", flush.Fence));
        return attempts switch
        {
            [var attempt] when attempt.NextSeq > flush.Seq => new(ReportStatus.Duplicate, attempt.NextSeq),
            [{ Open: true } attempt] => new(ReportStatus.Gap, attempt.NextSeq),
            _ => new(ReportStatus.LeaseLost),
        };
    }

    private async Task Intern(NpgsqlConnection connection, string[] names, CancellationToken cancellation)
    {
        var unknown = names.Where(name => !keys.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length == 0 || await Learn(connection, unknown, cancellation) is not [var first, ..] missing) return;

        await connection.Execute("""
            -- Metrics.Intern
            insert into metric_key (name) select name from unnest(@names) name where (select count(*) from metric_key) + @count <= @most on conflict do nothing
            """, cancellation, ("names", missing), ("count", missing.Length), ("most", MostNames));
        if (await Learn(connection, missing, cancellation) is []) return;
        throw new TooManyMetricNamesException(first, MostNames);
    }

    /// <summary>Those of the names that have no key yet.</summary>
    private async Task<string[]> Learn(NpgsqlConnection connection, string[] names, CancellationToken cancellation)
    {
        var found = await connection.Query("-- Metrics.Keys\nselect name, id from metric_key where name = any(@names)", row => (Name: row.GetString(0), Id: row.GetInt32(1)), cancellation, ("names", names));
        foreach (var (name, id) in found) keys[name] = id;
        return [.. names.Where(name => !keys.ContainsKey(name))];
    }

    private static bool IsEven(long[] steps)
    {
        for (var i = 2; i < steps.Length; i++)
        {
            if (steps[i] - steps[i - 1] != steps[1] - steps[0]) return false;
        }

        return true;
    }
}
