namespace ViViT.Dashboards;

/// <summary>One experiment: its curves, attempts, checkpoints, speed, log.</summary>
internal static class ExperimentDashboard
{
    public static Dashboard Build() => new("vivit-experiment", "ViViT / Experiment", "One experiment: its curves, attempts, checkpoints, speed, log.", "now-24h",
        [
            Variable.Postgres,
            Variable.Sql("sweep", "Sweep", "The experiment's sweep; the newest first.", "select sweep_id || ' ' || name as __text, sweep_id as __value from sweep_overview order by sweep_id desc limit 500"),
            Variable.Sql("experiment", "Experiment", "The first thousand of the sweep; a link may name any other.", """
                select experiment_id || ' ' || label as __text, experiment_id as __value from run_overview where sweep_id = ${sweep} order by ordinal limit 1000
                """),
            Variable.Sql("metric", "Metric", "The curve that is shown large.", """
                select metric from run_summary where experiment_id = ${experiment} and metric !~ '/confusion/'
                order by case metric when 'train/loss' then 0 when 'validation/auc' then 1 else 2 end, metric
                """),
        ],
        [
            new("Attempts", "#3274d9", """
                select started_at as time, coalesce(ended_at, now()) as timeend, 'attempt ' || attempt || ' on ' || worker || coalesce(', ' || replace(outcome, '_', ' '), '') || coalesce(': ' || reason, '') as text, 'attempt' as tags
                from run_attempt where experiment_id = ${experiment} and started_at <= $__timeTo()::timestamptz and coalesce(ended_at, now()) >= $__timeFrom()::timestamptz order by attempt
                """),
            new("Checkpoints", "#37872d", """
                select committed_at as time, 'checkpoint at step ' || step as text, 'checkpoint' as tags from run_checkpoint where experiment_id = ${experiment} and $__timeFilter(committed_at) order by committed_at
                """),
        ],
        [
            new("Now", State(), Step(), Attempts(), Checkpoint(), Took()),
            new("Curves", Curve(), ByAttempt(), Scores(), Losses()),
            new("Throughput and life", Steps(), Speed(), Samples(), States()),
            new("What it came to", AttemptTable(), Results(), Checkpoints()),
            new("Log and events", Log(), Events()),
        ]);

    private static Panel State() => Panel.StatText("State", "The experiment's state and, where there is one, the reason.", 8, Query.Sql("""
        select state || coalesce(': ' || reason, '') as state from run_overview where experiment_id = ${experiment}
        """));

    private static Panel Step() => Panel.Stat("Steps done", "Share of the training's optimiser steps that the current attempt has reported.", "percentunit", 4, Query.Sql("""
        select coalesce(step::float8 / nullif(total_steps, 0), 0) as done from run_overview where experiment_id = ${experiment}
        """)) with { Min = 0, Max = 1 };

    private static Panel Attempts() => Panel.Stat("Attempts", "How often it was started.", "short", 4, Query.Sql("select attempt as attempts from run_overview where experiment_id = ${experiment}")) with
    {
        Thresholds = [("green", null), ("orange", 2)],
    };

    private static Panel Checkpoint() => Panel.Stat("Last checkpoint at step", "Where the next attempt would go on from.", "short", 4, Query.Sql("select coalesce(checkpoint_step, 0) as step from run_overview where experiment_id = ${experiment}"));

    private static Panel Took() => Panel.Stat("Time on slots", "All attempts together, those that were lost included.", "s", 4, Query.Sql("select coalesce(sum(seconds), 0) as seconds from run_attempt where experiment_id = ${experiment}"));

    private static Panel Curve() => Panel.Trend("$metric", "The history: of a lost attempt only what later ones built on. Mean, least and greatest value of up to 500 intervals of steps.", "short", 12, Query.Sql("""
        select step, low as least, high as greatest, value as mean from curve_buckets(array[${experiment}], ${metric:sqlstring}, 500)
        """)) with
    {
        Height = 9, DisplayName = null, Transformations = [],
        Overrides =
        [
            FieldOverride.Named("step").Unit("short").With("custom.axisLabel", "optimiser steps"),
            FieldOverride.Named("least").Color("#8ab8ff").With("custom.lineWidth", 0),
            FieldOverride.Named("greatest").Color("#8ab8ff").With("custom.lineWidth", 0).With("custom.fillBelowTo", "least").With("custom.fillOpacity", 35),
            FieldOverride.Named("mean").Color("#1f60c4").With("custom.lineWidth", 2),
        ],
    };

    private static Panel ByAttempt() => Panel.Trend("$metric by attempt", "Everything that each attempt reported, also what a later one did again: where two lines run over the same steps they must be one.", "short", 12, Query.Sql("""
        select 'attempt ' || attempt as series, step, value from curve_buckets(array[${experiment}], ${metric:sqlstring}, 500, true)
        """)) with { Height = 9 };

    private static Panel Scores() => Panel.Trend("Scores", "Accuracy and AUC of each split, at the end of every epoch.", "percentunit", 12, Several("metric ~ '/(accuracy|balanced_accuracy|auc)$'"));

    private static Panel Losses() => Panel.Trend("Losses", "Cross-entropy of the training batches and of the whole validation split.", "short", 12, Several("metric ~ 'loss$'"));

    private static Panel Steps() => Panel.TimeSeries("Steps over time", "Steps that are known to be done: at the start of an attempt, at each checkpoint, at its end. Attempts and checkpoints are marked.", "short", 12, Query.SqlSeries("""
        select at as time, 'attempt ' || attempt as metric, step::float8 as value from run_steps where experiment_id = ${experiment} and $__timeFilter(at) order by at
        """)) with { Min = 0 };

    private static Panel Speed() => Panel.TimeSeries("Steps a second", "Between one checkpoint and the next.", "short", 12, Query.SqlSeries("""
        select at as time, 'attempt ' || attempt as metric, (step - before) / extract(epoch from at - since)::float8 as value
        from (select at, attempt, step, lag(step) over attempts as before, lag(at) over attempts as since from run_steps where experiment_id = ${experiment} window attempts as (partition by attempt order by at, step)) pace
        where step > before and at > since + interval '10 milliseconds' and $__timeFilter(at) order by at
        """)) with { Min = 0 };

    private static Panel Samples() => Panel.Trend("Samples a second", "Training samples of this experiment per second, epoch by epoch.", "short", 12, Several("metric = 'train/samples_per_second'")) with { Min = 0 };

    private static Panel States() => Panel.StateTimeline("States", "The experiment's states, and its attempts by worker and outcome.", 12, Query.Sql("""
        select at as time, series, state from (
          select greatest(at, $__timeFrom()::timestamptz) as at, 'experiment' as series, state, event_id from run_state_change
          where sweep_id = ${sweep} and experiment_id = ${experiment} and at <= $__timeTo()::timestamptz
          union all
          select greatest(started_at, $__timeFrom()::timestamptz), 'attempt ' || attempt || ' on ' || worker, coalesce(outcome, 'running'), attempt from run_attempt where experiment_id = ${experiment} and started_at <= $__timeTo()::timestamptz
          union all
          select ended_at, 'attempt ' || attempt || ' on ' || worker, null, attempt from run_attempt where experiment_id = ${experiment} and $__timeFilter(ended_at)) changes
        order by series desc, at, event_id
        """));

    private static Panel AttemptTable() => Panel.Table("Attempts", "Each execution: where, from which step, how it ended and why.", 24, Query.Sql("""
        select attempt, worker, started_at as started, ended_at as ended, seconds, resumed_step as "resumed from", step, total_steps as "of", coalesce(outcome, 'running') as outcome, class, reason
        from run_attempt where experiment_id = ${experiment} order by attempt
        """)) with
    {
        Height = 6,
        Overrides = [FieldOverride.Named("seconds").Called("took").Unit("s"), FieldOverride.Like("started|ended").Unit("dateTimeAsIso").Wide(170), FieldOverride.Named("outcome").States(), FieldOverride.Named("reason").Wide(420)],
    };

    private static Panel Results() => Panel.Table("Metrics", "What every metric came to.", 14, Query.Sql("""
        select metric, last_value as last, min_value as least, max_value as greatest, last_step as "at step", n as points, non_finite as "NaN, ±∞" from run_summary
        where experiment_id = ${experiment} and metric !~ '/confusion/' order by metric
        """)) with { Overrides = [FieldOverride.Named("metric").Wide(220), FieldOverride.Like("last|least|greatest").Decimals(4)] };

    private static Panel Checkpoints() => Panel.Table("Checkpoints", "Those that were committed, newest first.", 10, Query.Sql("""
        select committed_at as time, attempt, step, bytes from run_checkpoint where experiment_id = ${experiment} order by committed_at desc limit 100
        """)) with { Overrides = [FieldOverride.Named("time").Wide(170), FieldOverride.Named("bytes").Unit("bytes")] };

    private static Panel Log() => Panel.Table("Log", "The last lines that its trainers wrote.", 12, Query.Sql("""
        select at as time, attempt, line from run_log where experiment_id = ${experiment} order by id desc limit 200
        """)) with { Height = 10, Overrides = [FieldOverride.Named("time").Wide(170), FieldOverride.Named("attempt").Wide(70)] };

    private static Panel Events() => Panel.Table("Events", "What happened to it and why.", 12, Query.Sql("""
        select at as time, kind, worker, coalesce(by, '') as by, text from event_log where sweep_id = ${sweep} and experiment_id = ${experiment} order by id desc limit 100
        """)) with { Height = 10, Overrides = [FieldOverride.Named("time").Wide(170), FieldOverride.Named("kind").Wide(170)] };

    // Up to eight metrics of the experiment, each a series.
    private static Query Several(string which) => Query.Sql($$"""
        select m.metric as series, b.step, b.value
        from (select metric from run_summary where experiment_id = ${experiment} and {{which}} order by metric limit 8) m
        cross join lateral curve_buckets(array[${experiment}], m.metric, 300) b order by m.metric, b.step
        """);
}
