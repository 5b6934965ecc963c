using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Search;

namespace ViViT.Storage;

/// <summary>What a sweep's stopping rule has to judge, and what it decided.</summary>
public sealed class Judgements(NpgsqlDataSource database)
{
    /// <summary>Everything that was decided, in order.</summary>
    public async Task<IReadOnlyList<Judgement>> Of(SweepId sweep, CancellationToken cancellation) => await database.Query("""
        -- Judgements.Of
        select e.ordinal, e.data, j.epoch, j.value, j.stop, j.reason from judgement j join experiment e on e.id = j.experiment_id where j.sweep_id = @sweep order by j.seq
        """, row => new Judgement(row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetDouble(3), row.GetBoolean(4), row.GetString(5)), cancellation, ("sweep", sweep.Value));

    /// <summary>Experiments that were judged to stop and have not ended.</summary>
    public async Task<IReadOnlyList<(ExperimentId Experiment, Judgement Judgement)>> Stopped(SweepId sweep, CancellationToken cancellation) => await database.Query("""
        -- Judgements.Stopped
        select e.id, e.ordinal, e.data, j.epoch, j.value, j.stop, j.reason from judgement j join experiment e on e.id = j.experiment_id
        where j.sweep_id = @sweep and j.stop and e.state in ('queued', 'running') order by j.seq
        """, row => (new ExperimentId(row.GetInt64(0)), new Judgement(row.GetInt32(1), row.GetString(2), row.GetInt32(3), row.GetDouble(4), row.GetBoolean(5), row.GetString(6))),
        cancellation, ("sweep", sweep.Value));

    /// <summary>
    /// Values of the metric by epoch, those after each experiment's latest judgement, the earliest epochs first. Of experiments that are under way, and of
    /// those that have succeeded, since others are measured by them.
    /// </summary>
    /// <param name="done">Succeeded ones that were looked at.</param>
    /// <remarks>An epoch's number follows from the step of its point: a training has <c>total_steps / epochs</c> steps an epoch.</remarks>
    public async Task<IReadOnlyList<DueReport>> Due(SweepId sweep, string metric, IEnumerable<ExperimentId> done, CancellationToken cancellation) => await database.Query("""
        -- Judgements.Due
        with judged as (select j.experiment_id, max(j.epoch) as epoch from judgement j where j.sweep_id = @sweep group by j.experiment_id),
        news as (
          select e.id, e.ordinal, e.data, e.state, e.epochs, a.total_steps, coalesce(j.epoch, 0) as judged
          from experiment e
          join experiment_attempt a on a.experiment_id = e.id and a.attempt = e.attempt
          join metric_summary s on s.experiment_id = e.id and s.metric_id = (select id from metric_key where name = @metric)
          left join judged j on j.experiment_id = e.id
          where e.sweep_id = @sweep and (e.state in ('queued', 'running') or (e.state = 'succeeded' and e.id <> all(@done))) and a.total_steps > 0
            and s.last_step * e.epochs / a.total_steps > coalesce(j.epoch, 0))
        select n.id, n.ordinal, n.data, n.state = 'succeeded', n.epochs, p.epoch, p.value
        from news n, lateral (
          select (c.step * n.epochs / n.total_steps)::int as epoch, c.value from run_curve c where c.experiment_id = n.id and c.metric = @metric) p
        where p.epoch > n.judged order by p.epoch, n.ordinal
        """, row => new DueReport(new(row.GetInt64(0)), row.GetInt32(1), row.GetString(2), row.GetBoolean(3), row.GetInt32(4), row.GetInt32(5), row.GetDouble(6)),
        cancellation, ("sweep", sweep.Value), ("metric", metric), ("done", done.Select(experiment => experiment.Value).ToArray()));

    /// <summary>Stores a decision as the next one.</summary>
    /// <param name="seq">Decisions before it.</param>
    /// <returns>False when another decision was stored meanwhile, or one on this experiment and epoch: read them again.</returns>
    public async Task<bool> Add(SweepId sweep, int seq, ExperimentId experiment, Judgement judgement, CancellationToken cancellation) => await database.Execute("""
        -- Judgements.Add
        insert into judgement (sweep_id, seq, experiment_id, epoch, value, stop, reason) values (@sweep, @seq, @experiment, @epoch, @value, @stop, @reason) on conflict do nothing
        """, cancellation, ("sweep", sweep.Value), ("seq", seq), ("experiment", experiment.Value), ("epoch", judgement.Epoch), ("value", judgement.Value),
        ("stop", judgement.Stop), ("reason", judgement.Reason)) == 1;
}

/// <summary>A point of a curve that may have to be judged.</summary>
/// <param name="HasEnded">The experiment has succeeded already.</param>
/// <param name="Epochs">The epochs that it trains when nothing stops it.</param>
/// <param name="Epoch">At whose end the value was measured, from 1.</param>
public sealed record DueReport(ExperimentId Experiment, int Ordinal, string Data, bool HasEnded, int Epochs, int Epoch, double Value);
