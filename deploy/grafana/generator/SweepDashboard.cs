namespace ViViT.Dashboards;

/// <summary>One sweep: who leads, which arm is better, how it is getting on.</summary>
internal static class SweepDashboard
{
    // The experiments that the panels of single curves show.
    private const string Best = """
        (select array_agg(best.experiment_id) from (
          select s.experiment_id from run_overview r join run_summary s on s.experiment_id = r.experiment_id
          where r.sweep_id = ${sweep} and s.metric = ${metric:sqlstring} and r.data in ($data) and s.last_value < 'Infinity'
          order by case when s.lower_is_better then s.last_value else -s.last_value end limit 20) best)
        """;

    public static Dashboard Build() => new("vivit-sweep", "ViViT / Sweep", "One sweep: who leads, which arm is better, how it is getting on.", "now-24h",
        [
            Variable.Postgres,
            Variable.Sql("sweep", "Sweep", "The sweep that is shown; the newest first.", "select sweep_id || ' ' || name as __text, sweep_id as __value from sweep_overview order by sweep_id desc limit 500"),
            Variable.Sql("metric", "Metric", "What experiments are compared by.", """
                select metric from run_summary
                where metric !~ '/confusion/' and experiment_id in (select experiment_id from run_overview where sweep_id = ${sweep} order by ordinal limit 50)
                group by metric order by case metric when 'validation/auc' then 0 when 'validation/accuracy' then 1 when 'train/loss' then 2 else 3 end, metric
                """),
            Variable.Sql("factor", "Factor", "What tells the arms apart. 'all but seed': every combination, its seeds together.", """
                select factor from run_arm where sweep_id = ${sweep} and ordinal < 100 group by factor order by case factor when 'all but seed' then 0 when 'seed' then 2 else 1 end, factor
                """),
            Variable.Sql("data", "Data", "Data sets.", "select data from run_overview where sweep_id = ${sweep} group by data order by data", multi: true),
            Variable.Sql("arm", "Arms", "Values of the factor, twelve at most.", """
                select arm from run_arm where sweep_id = ${sweep} and factor = ${factor:sqlstring} and data in ($data) group by arm order by min(ordinal) limit 12
                """, multi: true),
        ],
        [],
        [
            new("Progress", State(), Ended(), Steps(), Leader(), States()),
            new("Leaderboard", Leaderboard()),
            new("Arms side by side: $factor", ArmTable(), ArmCurves(), ArmBand()),
            new("Experiments", BestCurves(), Sensitivity()),
            new("Over time", Timeline(), Ends(), Events()),
        ]);

    private static Panel State() => Panel.StatText("State", "The sweep's state.", 4, Query.Sql("""
        select state from sweep_overview where sweep_id = ${sweep}
        """));

    private static Panel Ended() => Panel.Stat("Experiments ended", "Share of the sweep's experiments that have reached a final state.", "percentunit", 4, Query.Sql("""
        select coalesce(sum(p.experiments) filter (where p.state in ('succeeded', 'failed', 'stopped', 'cancelled')), 0)::float8 / s.expected as ended
        from sweep_overview s left join sweep_progress p on p.sweep_id = s.sweep_id where s.sweep_id = ${sweep} group by s.expected
        """)) with { Min = 0, Max = 1 };

    private static Panel Steps() => Panel.Stat("Optimiser steps done", "Steps of all current attempts.", "short", 4, Query.Sql("""
        select coalesce(sum(steps_done), 0)::float8 as steps from sweep_progress where sweep_id = ${sweep}
        """));

    private static Panel Leader() => Panel.Stat("Best $metric", "The best last value of any experiment: the least of a loss or a time, the greatest of anything else.", "none", 4, Query.Sql("""
        select case when bool_or(s.lower_is_better) then min(s.last_value) else max(s.last_value) end as best
        from run_overview r join run_summary s on s.experiment_id = r.experiment_id
        where r.sweep_id = ${sweep} and s.metric = ${metric:sqlstring} and r.data in ($data) and s.last_value < 'Infinity'
        """)) with { Decimals = 4 };

    private static Panel States() => Panel.BarGauge("Experiments by state", "How many experiments are in which state now.", "short", 8, Query.Sql("""
        select state, experiments from sweep_progress where sweep_id = ${sweep} order by experiments desc
        """)) with { Height = 4 };

    private static Panel Leaderboard() => Panel.Table("Leaderboard by $metric", "The hundred best experiments by the last value of the metric. An id leads to the experiment.", 24, Query.Sql("""
        select r.experiment_id as id, r.label as experiment, r.data, r.state, v.last_value as value, coalesce(v.min_value, v.last_value) as least, coalesce(v.max_value, v.last_value) as greatest,
               t.last_value as test_auc, coalesce(r.step::float8 / nullif(r.total_steps, 0), 0) as done, r.attempt as attempts, v.non_finite, extract(epoch from coalesce(r.ended_at, now()) - r.started_at)::float8 as seconds, r.worker
        from run_overview r
        join run_summary v on v.experiment_id = r.experiment_id and v.metric = ${metric:sqlstring}
        left join run_summary t on t.experiment_id = r.experiment_id and t.metric = 'test/auc'
        where r.sweep_id = ${sweep} and r.data in ($data)
        order by v.last_value in ('NaN', 'Infinity', '-Infinity'), case when v.lower_is_better then v.last_value else -v.last_value end, r.ordinal limit 100
        """)) with
    {
        Height = 11,
        Overrides =
        [
            FieldOverride.Named("id").Unit("none").Wide(70).Link("Experiment ${__value.raw}", "/d/vivit-experiment?var-sweep=${sweep}&var-experiment=${__value.raw}&${__url_time_range}"),
            FieldOverride.Named("experiment").Wide(420), FieldOverride.Named("state").States(),
            FieldOverride.Named("value").Decimals(4), FieldOverride.Named("least").Decimals(4), FieldOverride.Named("greatest").Decimals(4), FieldOverride.Named("test_auc").Called("test auc").Decimals(4),
            FieldOverride.Named("done").Unit("percentunit").Gauge(0, 1).Wide(130), FieldOverride.Named("non_finite").Called("NaN, ±∞"), FieldOverride.Named("seconds").Called("attempt took").Unit("s"),
        ],
    };

    private static Panel ArmTable() => Panel.Table("Arms by last $metric", "Over the experiments of each arm: mean, standard deviation, least and greatest last value of the metric.", 10, Query.Sql("""
        select a.arm, count(*)::int as experiments, avg(s.last_value) as mean, coalesce(stddev_samp(s.last_value), 0) as deviation, min(s.last_value) as least, max(s.last_value) as greatest
        from run_arm a join run_summary s on s.experiment_id = a.experiment_id
        where a.sweep_id = ${sweep} and a.factor = ${factor:sqlstring} and a.arm in ($arm) and a.data in ($data) and s.metric = ${metric:sqlstring}
          and s.last_value < 'Infinity' and s.last_value > '-Infinity'
        group by a.arm order by case when bool_or(s.lower_is_better) then avg(s.last_value) else -avg(s.last_value) end
        """)) with
    {
        Overrides = [FieldOverride.Named("arm").Wide(320), FieldOverride.Like("mean|deviation|least|greatest").Decimals(4)],
    };

    private static Panel ArmCurves() => Panel.Trend("$metric by arm", "Mean of the metric over the experiments of each arm, ten of each at most, in up to 200 intervals of steps.", "short", 14, Query.Sql("""
        select arm as series, step, mean from arm_buckets(${sweep}, ${factor:sqlstring}, array[$arm], array[$data], ${metric:sqlstring})
        """));

    private static Panel ArmBand() => Panel.Trend("$arm", "Mean, and the band from the least to the greatest of the arm's experiments (ten at most: its seeds, where the factor is 'all but seed').", "short", 8, Query.Sql("""
        select step, low as least, high as greatest, mean from arm_buckets(${sweep}, ${factor:sqlstring}, array[${arm:sqlstring}], array[$data], ${metric:sqlstring})
        """)) with
    {
        Repeat = "arm", DisplayName = null, Transformations = [],
        Overrides =
        [
            FieldOverride.Named("step").Unit("short").With("custom.axisLabel", "optimiser steps"),
            FieldOverride.Named("least").Color("#8ab8ff").With("custom.lineWidth", 0),
            FieldOverride.Named("greatest").Color("#8ab8ff").With("custom.lineWidth", 0).With("custom.fillBelowTo", "least").With("custom.fillOpacity", 35),
            FieldOverride.Named("mean").Color("#1f60c4").With("custom.lineWidth", 2),
        ],
    };

    private static Panel BestCurves() => Panel.Trend("$metric of the best 20", "Curves of the twenty experiments that lead, in up to 300 intervals of steps: the mean of each interval.", "short", 14, Query.Sql($$"""
        select r.experiment_id || ' ' || r.label as series, b.step, b.value
        from curve_buckets({{Best}}, ${metric:sqlstring}) b
        join run_overview r on r.experiment_id = b.experiment_id order by b.experiment_id, b.step
        """)) with { Height = 10 };

    private static Panel Sensitivity() => Panel.Scatter("Learning-rate sensitivity", "The last value of the metric against the learning rate, by arm; the 2,000 newest experiments.", "short", 10, "learning rate", "value", Query.Sql("""
        select a.arm as series, r.learning_rate as "learning rate", s.last_value as value
        from run_overview r
        join run_summary s on s.experiment_id = r.experiment_id and s.metric = ${metric:sqlstring}
        join run_arm a on a.experiment_id = r.experiment_id and a.factor = coalesce(
          (select min(f.factor) from run_arm f where f.sweep_id = ${sweep} and f.ordinal < 100 and f.factor not in ('all but seed', 'seed', 'training.learning_rate') and ${factor:sqlstring} = 'all but seed'), ${factor:sqlstring})
        where r.sweep_id = ${sweep} and r.data in ($data) and s.last_value < 'Infinity' and s.last_value > '-Infinity' and r.learning_rate > 0
          and r.ordinal >= (select max(ordinal) from run_overview where sweep_id = ${sweep}) - 2000
        order by 1, 2
        """)) with
    {
        Height = 10, DisplayName = "${__field.labels.series}",
        Overrides = [FieldOverride.Named("learning rate").Unit("none").With("custom.scaleDistribution", new { type = "log", log = 10 }).With("custom.axisLabel", "learning rate")],
    };

    private static Panel Timeline() => Panel.StateTimeline("States of the 40 that changed last", "The state of each experiment over time, from the log of events; an earlier state holds until the next one.", 24, Query.Sql("""
        select c.at as time, c.series, c.state from (
          select distinct on (r.ordinal, greatest(s.at, $__timeFrom()::timestamptz)) greatest(s.at, $__timeFrom()::timestamptz) as at, r.experiment_id || ' ' || r.label as series, s.state
          from (select * from run_overview where sweep_id = ${sweep} and data in ($data) order by state_since desc limit 40) r
          join run_state_change s on s.sweep_id = ${sweep} and s.experiment_id = r.experiment_id
          where s.at <= $__timeTo()::timestamptz
          order by r.ordinal, greatest(s.at, $__timeFrom()::timestamptz), s.event_id desc) c
        """)) with { Height = 12 };

    private static Panel Ends() => Panel.Stacked("Experiments ended", "Attempts that ended their experiment, by the state that it got.", "short", 10, Query.SqlSeries("""
        select $__timeGroup(at,'$__interval') as time, substr(kind, 12) as metric, count(*)::float8 as value
        from event_log where sweep_id = ${sweep} and kind in ('experiment_succeeded', 'experiment_failed', 'experiment_stopped', 'experiment_cancelled') and $__timeFilter(at)
        group by 1, 2 order by 1, 2
        """)) with
    {
        Custom = new { drawStyle = "bars", fillOpacity = 70, lineWidth = 0, stacking = new { group = "A", mode = "normal" } },
        Overrides = [.. StateColors.Series],
    };

    private static Panel Events() => Panel.Table("Events", "What happened last in this sweep and why.", 14, Query.Sql("""
        select at as time, kind, experiment_id as experiment, worker, coalesce(by, '') as by, text from event_log where sweep_id = ${sweep} and $__timeFilter(at) order by id desc limit 100
        """)) with
    {
        Overrides =
        [
            FieldOverride.Named("time").Wide(170), FieldOverride.Named("kind").Wide(170), FieldOverride.Named("text").Wide(400),
            FieldOverride.Named("experiment").Unit("none").Wide(90).Link("Experiment ${__value.raw}", "/d/vivit-experiment?var-sweep=${sweep}&var-experiment=${__value.raw}&${__url_time_range}"),
        ],
    };
}
