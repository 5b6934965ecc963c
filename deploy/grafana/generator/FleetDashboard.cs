namespace ViViT.Dashboards;

/// <summary>All workers and all that waits for them.</summary>
internal static class FleetDashboard
{
    public static Dashboard Build() => new("vivit-fleet", "ViViT / Fleet", "All workers and all that waits for them: slots, queue, goodput, faults.", "now-6h",
        [Variable.Prometheus, Variable.Postgres, Variable.Pool],
        [],
        [
            new("Now", Workers(), SlotsInUse(), Depth(), Oldest(), Running(), Goodput()),
            new("Sweeps and workers", Sweeps(), WorkerTable()),
            new("Queue", QueueDepth(), QueueAge(), QueueWait(), Grants(), Started(), Wanted()),
            new("Slots and goodput", Slots(), Use(), Samples(), StepTime(), Heartbeats(), Checkpoints(), CheckpointTime(), AttemptTime(), Versions()),
            new("Faults", Ended(), Classes(), Leases(), Preemptions(), Trainers(), StoppedEarly()),
            new("Events", Events()),
        ]);

    private static Panel Workers() => Panel.Stat("Workers by state", "Ready ones take work; cordoned, draining and silent ones do not.", "short", 4,
        Query.Prom("""sum by (state) (max by (pool, state) (vivit_workers{pool=~"$pool"}))""", "{{state}}"));

    private static Panel SlotsInUse() => Panel.Stat("Slots in use", "Busy slots of those that can take work.", "percentunit", 4, Query.Prom("""
        sum(max by (pool, state) (vivit_worker_slots{pool=~"$pool", state="busy"})) / sum(max by (pool, state) (vivit_worker_slots{pool=~"$pool", state=~"busy|idle"}))
        """, "in use")) with { Min = 0, Max = 1, Thresholds = [("orange", null), ("green", 0.7)] };

    private static Panel Depth() => Panel.Stat("Waiting", "Experiments that are offered to workers.", "short", 4, Query.Prom("""sum(max by (pool) (vivit_queue_depth{pool=~"$pool"}))""", "waiting"));

    private static Panel Oldest() => Panel.Stat("Oldest waits", "How long the experiment that has waited longest has been offered; 0 when none waits.", "s", 4, Query.Prom("""max(vivit_queue_oldest_age_seconds{pool=~"$pool"}) or vector(0)""", "oldest"));

    private static Panel Running() => Panel.Stat("Running", "Experiments that hold a lease.", "short", 4, Query.Prom("""sum(max by (pool) (vivit_experiments_running{pool=~"$pool"}))""", "running"));

    private static Panel Goodput() => Panel.Stat("Goodput", "Share of the slots' seconds that trained something that was kept.", "percentunit", 4, Query.Prom("""
        sum(rate(vivit_slot_seconds_total{pool=~"$pool", use="train"}[$__rate_interval])) / sum(rate(vivit_slot_seconds_total{pool=~"$pool"}[$__rate_interval]))
        """, "goodput")) with { Min = 0, Max = 1, Thresholds = [("red", null), ("orange", 0.5), ("green", 0.8)] };

    private static Panel Sweeps() => Panel.Table("Sweeps", "The latest fifty; a name leads to the sweep.", 14, Query.Sql("""
        select s.sweep_id as id, s.name, s.state, s.pool, s.priority, s.created_at as submitted,
               coalesce(sum(p.experiments) filter (where p.state in ('succeeded', 'failed', 'stopped', 'cancelled')), 0)::float8 / s.expected as ended,
               coalesce(sum(p.experiments) filter (where p.state = 'running'), 0)::int as running, coalesce(sum(p.experiments) filter (where p.state = 'failed'), 0)::int as failed
        from (select * from sweep_overview order by sweep_id desc limit 50) s
        left join lateral (select * from sweep_progress p where p.sweep_id = s.sweep_id) p on true
        group by s.sweep_id, s.name, s.state, s.pool, s.priority, s.created_at, s.expected order by s.sweep_id desc
        """)) with
    {
        Overrides =
        [
            FieldOverride.Named("id").Unit("none").Wide(60), FieldOverride.Named("name").Wide(220).Link("Sweep ${__value.raw}", "/d/vivit-sweep?var-sweep=${__data.fields.id}&${__url_time_range}"), FieldOverride.Named("state").States(),
            FieldOverride.Named("submitted").Unit("dateTimeAsIso").Wide(170), FieldOverride.Named("ended").Unit("percentunit").Gauge(0, 1).Wide(130),
        ],
    };

    private static Panel WorkerTable() => Panel.Table("Workers", "Who computes, on what, and who does not and why. Those that were heard of within a week.", 10, Query.Sql("""
        select worker, pool, device, busy || ' of ' || slots as slots, case when cordon_reason is not null then 'cordoned' when draining then 'draining' when silent_seconds > 60 then 'silent' else 'ready' end as state,
               silent_seconds as "heard before", coalesce(cordon_reason, '') as reason, version
        from worker_overview where last_seen > now() - interval '7 days' order by pool, worker limit 500
        """)) with { Overrides = [FieldOverride.Named("heard before").Unit("s"), FieldOverride.Named("reason").Wide(220)] };

    private static Panel QueueDepth() => Panel.TimeSeries("Waiting", "Experiments that are offered, and those that back off after a failure.", "short", 8,
        Query.Prom("""max by (pool) (vivit_queue_depth{pool=~"$pool"})""", "{{pool}} offered"), Query.Prom("""max by (pool) (vivit_queue_backing_off{pool=~"$pool"})""", "{{pool}} backing off")) with { Min = 0 };

    private static Panel QueueAge() => Panel.TimeSeries("Age of the oldest", "How long the one that has waited longest has been offered. Rising while slots are idle: nobody can execute it, or the scheduler stands.", "s", 8,
        Query.Prom("""max by (pool) (vivit_queue_oldest_age_seconds{pool=~"$pool"})""", "{{pool}}")) with { Min = 0 };

    private static Panel QueueWait() => Panel.TimeSeries("Wait until the grant", "How long those that were granted had been offered.", "s", 8,
        Query.Prom("""histogram_quantile(0.5, sum by (le) (rate(vivit_queue_wait_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "half"),
        Query.Prom("""histogram_quantile(0.95, sum by (le) (rate(vivit_queue_wait_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "95 %")) with { Min = 0 };

    private static Panel Grants() => Panel.TimeSeries("Leases granted", "Leases a second.", "cps", 8, Query.Prom("""sum by (pool) (rate(vivit_lease_grants_total{pool=~"$pool"}[$__rate_interval]))""", "{{pool}}")) with { Min = 0 };

    private static Panel Started() => Panel.TimeSeries("Experiments started and ended", "A second; by the state that they ended in.", "cps", 8,
        Query.Prom("""sum(rate(vivit_experiments_started_total{pool=~"$pool"}[$__rate_interval]))""", "started"),
        Query.Prom("""sum by (state) (rate(vivit_experiments_ended_total{pool=~"$pool"}[$__rate_interval]))""", "{{state}}")) with { Min = 0, Overrides = [.. StateColors.Series] };

    private static Panel Wanted() => Panel.TimeSeries("Slots wanted and there", "What the autoscaler follows: leases that run and those that the queue could fill at once.", "short", 8,
        Query.Prom("""max by (pool) (vivit_slots_wanted{pool=~"$pool"})""", "{{pool}} wanted"), Query.Prom("""sum by (pool) (max by (pool, state) (vivit_worker_slots{pool=~"$pool", state=~"busy|idle"}))""", "{{pool}} there")) with { Min = 0 };

    private static Panel Slots() => Panel.Stacked("Slots", "Busy, idle, and not to be had (cordoned, draining, silent).", "short", 8, Query.Prom("""sum by (state) (max by (pool, state) (vivit_worker_slots{pool=~"$pool"}))""", "{{state}}"));

    private static Panel Use() => Panel.Stacked("Slot seconds by use", "Slots that trained, idled, or trained what was thrown away because the attempt failed or lost its lease after its last checkpoint.", "short", 8,
        Query.Prom("""sum by (use) (rate(vivit_slot_seconds_total{pool=~"$pool"}[$__rate_interval]))""", "{{use}}")) with
    {
        Overrides = [FieldOverride.Named("train").Color("green"), FieldOverride.Named("idle").Color("#8e8e8e"), FieldOverride.Named("lost").Color("red")],
    };

    private static Panel Samples() => Panel.TimeSeries("Samples trained", "Training samples a second.", "cps", 8, Query.Prom("""sum by (pool, device) (rate(vivit_samples_processed_total{pool=~"$pool"}[$__rate_interval]))""", "{{pool}} {{device}}")) with { Min = 0 };

    private static Panel StepTime() => Panel.TimeSeries("Optimiser step", "How long a step of a slot takes.", "s", 8,
        Query.Prom("""histogram_quantile(0.5, sum by (le, device) (rate(vivit_step_duration_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "{{device}} half"),
        Query.Prom("""histogram_quantile(0.95, sum by (le, device) (rate(vivit_step_duration_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "{{device}} 95 %")) with { Min = 0 };

    private static Panel Heartbeats() => Panel.TimeSeries("Heartbeats", "Age of the oldest last heartbeat of a worker that still counts as there, and the workers that see no server.", "s", 8,
        Query.Prom("""max by (pool) (vivit_worker_heartbeat_age_seconds{pool=~"$pool"})""", "{{pool}} oldest"), Query.Prom("count(vivit_server_reachable == 0) or vector(0)", "workers without a server")) with { Min = 0 };

    private static Panel Checkpoints() => Panel.TimeSeries("Checkpoint age", "Of everything that runs, the oldest last checkpoint: what a crash would cost at most; and what the crash of one worker would cost, all of its slots together.", "s", 8,
        Query.Prom("""max by (pool) (vivit_checkpoint_age_seconds{pool=~"$pool"})""", "{{pool}}"), Query.Prom("""max by (pool) (vivit_slot_undecided_seconds{pool=~"$pool"})""", "{{pool}} of one worker")) with { Min = 0 };

    private static Panel CheckpointTime() => Panel.TimeSeries("Writing and reading checkpoints", "How long it takes from the device to the disk, and back: 95 of 100.", "s", 8,
        Query.Prom("histogram_quantile(0.95, sum by (le, op) (rate(vivit_checkpoint_duration_seconds_bucket[$__rate_interval])))", "{{op}}")) with { Min = 0 };

    private static Panel AttemptTime() => Panel.TimeSeries("Length of attempts", "From the lease to the end: half of those that ended, by outcome.", "s", 8,
        Query.Prom("""histogram_quantile(0.5, sum by (le, outcome) (rate(vivit_attempt_duration_seconds_bucket{pool=~"$pool"}[$__rate_interval])))""", "{{outcome}}")) with { Min = 0 };

    private static Panel Versions() => Panel.TimeSeries("Builds that run", "Silos and workers by version: more than one for long is an update that stopped halfway.", "short", 8, Query.Prom("count by (version) (vivit_build_info)", "{{version}}")) with { Min = 0 };

    private static Panel Ended() => Panel.TimeSeries("Attempts ended", "A second, by outcome.", "cps", 8, Query.Prom("""sum by (outcome) (rate(vivit_attempts_ended_total{pool=~"$pool"}[$__rate_interval]))""", "{{outcome}}")) with { Min = 0, Overrides = [.. StateColors.Series] };

    private static Panel Classes() => Panel.TimeSeries("Failures by class", "Attempts a second that did not end well, and the retries that followed.", "cps", 8,
        Query.Prom("""sum by (class) (rate(vivit_attempts_ended_total{pool=~"$pool", class!="none"}[$__rate_interval]))""", "{{class}}"), Query.Prom("sum(rate(vivit_experiment_retries_total[$__rate_interval]))", "retries")) with { Min = 0 };

    private static Panel Leases() => Panel.TimeSeries("Lost leases and fenced writes", "Leases that expired, and what a worker sent after it had lost its lease: refused, by kind.", "cps", 8,
        Query.Prom("""sum(rate(vivit_lease_expirations_total{pool=~"$pool"}[$__rate_interval]))""", "leases expired"), Query.Prom("sum by (kind) (rate(vivit_fenced_writes_total[$__rate_interval]))", "fenced: {{kind}}")) with { Min = 0 };

    private static Panel Preemptions() => Panel.TimeSeries("Preemptions", "Experiments a second that were asked to save and hand back, by who asked.", "cps", 8, Query.Prom("sum by (source) (rate(vivit_preemptions_total[$__rate_interval]))", "{{source}}")) with { Min = 0 };

    private static Panel Trainers() => Panel.TimeSeries("Trainers started", "Trainer processes a second, by why the one before was not there.", "cps", 8, Query.Prom("sum by (reason) (rate(vivit_trainer_starts_total[$__rate_interval]))", "{{reason}}")) with { Min = 0 };

    private static Panel StoppedEarly() => Panel.TimeSeries("Stopped early", "Experiments a second that a stopping rule ended.", "cps", 8, Query.Prom("sum by (rule) (rate(vivit_stopped_early_total[$__rate_interval]))", "{{rule}}")) with { Min = 0 };

    private static Panel Events() => Panel.Table("Latest events", "What the system did and why; the newest hundred.", 24, Query.Sql("""
        select at as time, kind, sweep_id as sweep, experiment_id as experiment, worker, coalesce(by, '') as by, text from event_log where id > (select max(id) - 100000 from event_log) and $__timeFilter(at) order by id desc limit 100
        """)) with { Overrides = [FieldOverride.Named("time").Wide(170), FieldOverride.Named("kind").Wide(170), FieldOverride.Like("sweep|experiment").Unit("none").Wide(90), FieldOverride.Named("text").Wide(520)] };
}
