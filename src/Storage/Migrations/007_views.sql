-- Silos that know migration 004 can work with this.
-- The read surface for dashboards and people: views and functions over them. Whoever may read is granted views, never a table (deploy/grafana/role.sql);
-- a view reads with its owner's rights. Names and columns here only ever grow.

create view sweep_overview as
select s.id as sweep_id, s.name, s.description, s.state, s.pool, s.priority, s.created_at, s.finished_at, s.expected
from sweep s;

-- An experiment with what tells it from the others of its sweep, and where its current attempt is.
create view run_overview as
select e.sweep_id, e.id as experiment_id, e.ordinal,
       coalesce((select string_agg(regexp_replace(x.key, '^.*\.', '') || '=' || x.value, ' ' order by x.place) from json_each_text(e.axes) with ordinality x(key, value, place)), 'base') as label,
       e.data, e.pool, e.state, e.state_since, e.reason, e.attempt, e.failures, e.worker, e.checkpoint_step, e.checkpoint_bytes,
       a.resumed_step, a.step, a.total_steps, a.started_at, a.ended_at,
       (x.spec #>> '{training,learning_rate}')::float8 as learning_rate, (x.spec ->> 'seed')::int as seed
from experiment e
left join experiment_attempt a on a.experiment_id = e.id and a.attempt = e.attempt
left join experiment_spec x on x.sweep_id = e.sweep_id and x.ordinal = e.ordinal;

-- Which arm an experiment belongs to, for every factor that its sweep varies, and for all of them but the seed together.
create view run_arm as
select e.sweep_id, e.id as experiment_id, e.ordinal, e.data, f.factor, f.arm
from experiment e
cross join lateral (
  select x.key as factor, x.value as arm from json_each_text(e.axes) x(key, value)
  union all
  select 'all but seed', coalesce(string_agg(regexp_replace(x.key, '^.*\.', '') || '=' || x.value, ' ' order by x.place) filter (where x.key <> 'seed'), 'base')
  from json_each_text(e.axes) with ordinality x(key, value, place)) f;

-- What a metric came to. Loss and time are the better the lower they are.
create view run_summary as
select s.experiment_id, k.name as metric, k.name ~ '(loss|seconds|bytes)$' as lower_is_better, s.n, s.last_step, s.last_value, s.min_value, s.max_value, s.non_finite
from metric_summary s join metric_key k on k.id = s.metric_id;

create view run_attempt as
select e.sweep_id, a.experiment_id, a.attempt, a.worker, a.started_at, a.ended_at, a.outcome, a.class, a.reason, a.resumed_step, a.step, a.total_steps,
       extract(epoch from coalesce(a.ended_at, clock_timestamp()) - a.started_at)::float8 as seconds
from experiment_attempt a join experiment e on e.id = a.experiment_id;

create view run_checkpoint as
select e.sweep_id, c.experiment_id, a.attempt, c.step, c.bytes, c.committed_at
from checkpoint c
join experiment e on e.id = c.experiment_id
join experiment_attempt a on a.experiment_id = c.experiment_id and a.fence = c.fence;

-- Moments at which an experiment is known to have done so many steps.
create view run_steps as
select experiment_id, attempt, started_at as at, coalesce(resumed_step, 0) as step from experiment_attempt
union all
select c.experiment_id, a.attempt, c.committed_at, c.step from checkpoint c join experiment_attempt a on a.experiment_id = c.experiment_id and a.fence = c.fence
union all
select experiment_id, attempt, coalesce(ended_at, clock_timestamp()), step from experiment_attempt;

create view run_log as
select l.id, l.experiment_id, l.attempt, l.at, l.line from experiment_log l;

create view event_log as
select v.id, v.at, v.kind, v.sweep_id, v.experiment_id, v.worker, v.by, v.text from event v;

-- The state that an experiment had from a moment on.
create view run_state_change as
select e.sweep_id, e.id as experiment_id, 0::bigint as event_id, s.created_at as at, 'queued' as state
from experiment e join sweep s on s.id = e.sweep_id where e.informed is null or e.informed = 0
union all
select v.sweep_id, v.experiment_id, v.id, v.at, case v.kind when 'experiment_granted' then 'running' else substr(v.kind, length('experiment_') + 1) end
from event v
where v.experiment_id is not null and v.kind in
  ('experiment_granted', 'experiment_releasing', 'experiment_queued', 'experiment_succeeded', 'experiment_failed', 'experiment_stopped', 'experiment_cancelled');

create view worker_overview as
select w.name as worker, w.pool, w.host, w.slots, w.device, w.version, w.first_seen, w.last_seen, w.cordon_reason, w.draining,
       extract(epoch from clock_timestamp() - w.last_seen)::float8 as silent_seconds,
       (select count(distinct e.lease_id) from experiment e where e.state = 'running' and e.worker = w.name)::int as busy
from worker w;

-- Chunks as they are stored, each with the step up to which it is history (as in run_curve). Reached by attempt and metric through the primary key alone:
-- "offset 0" keeps the planner from any other way, whatever it believes of their number.
create view run_chunk as
select a.experiment_id, a.attempt, k.name as metric, lineage.until, c.seq, c.first_step, c.last_step, c.n, c.steps, c.vals
from experiment_attempt a
cross join metric_key k
cross join lateral (
  select least(
    coalesce((select min(coalesce(later.resumed_step, -1)) from experiment_attempt later where later.experiment_id = a.experiment_id and later.attempt > a.attempt), 9223372036854775807),
    (select case when e.state = 'queued' then coalesce(e.checkpoint_step, -1) else 9223372036854775807 end from experiment e where e.id = a.experiment_id)) as until
  offset 0) lineage
cross join lateral (
  select m.seq, m.first_step, m.last_step, m.n, m.steps, m.vals from metric_chunk m
  where m.experiment_id = a.experiment_id and m.attempt = a.attempt and m.metric_id = k.id
  offset 0) c;

-- Curves cut into at most "buckets" intervals of steps, the same for all of them: mean, least and greatest finite value of each interval, at its last
-- step. Of an interval with many points some four are read, so that the work depends on what is shown and not on what is stored.
-- by_attempt: what each attempt reported, also what a later one did again; else the history, as in run_curve, and attempt is null.
create function curve_buckets(experiments bigint[], metric_name text, buckets int default 300, by_attempt boolean default false)
returns table (experiment_id bigint, attempt int, step bigint, value float8, low float8, high float8)
language sql stable parallel safe as $$
  with grid as (
    select greatest(1, (max(a.step) + buckets - 1) / buckets) as width from run_attempt a where a.experiment_id = any(experiments))
  select c.experiment_id, case when by_attempt then c.attempt end, (p.step + grid.width - 1) / grid.width * grid.width, avg(p.value), min(p.value), max(p.value)
  from grid
  cross join run_chunk c
  cross join lateral generate_series(1, c.n, greatest(1, c.n / greatest(1, 4 * (c.last_step - c.first_step) / grid.width))::int) i
  cross join lateral (select coalesce(c.steps[i], c.first_step + (i - 1) * ((c.last_step - c.first_step) / greatest(c.n - 1, 1))) as step, c.vals[i] as value) p
  where c.experiment_id = any(experiments) and c.metric = metric_name and (by_attempt or p.step <= c.until) and p.value < 'Infinity' and p.value > '-Infinity'
  group by 1, 2, 3
  order by 1, 2, 3
$$;

-- Arms side by side: for each arm and interval of steps the mean over its experiments, and the least and greatest of them. Of each arm the first "most"
-- experiments are read; arms and sets that are null or empty stand for all.
create function arm_buckets(sweep bigint, factor_name text, arms text[], sets text[], metric_name text, buckets int default 200, most int default 10)
returns table (arm text, step bigint, experiments int, mean float8, low float8, high float8)
language sql stable parallel safe as $$
  with chosen as materialized (
    select r.arm, r.experiment_id from (
      select a.arm, a.experiment_id, row_number() over (partition by a.arm order by a.ordinal) as place
      from run_arm a
      where a.sweep_id = sweep and a.factor = factor_name and (coalesce(cardinality(arms), 0) = 0 or a.arm = any(arms)) and (coalesce(cardinality(sets), 0) = 0 or a.data = any(sets))) r
    where r.place <= most)
  select chosen.arm, b.step, count(*)::int, avg(b.value), min(b.value), max(b.value)
  from curve_buckets((select array_agg(experiment_id) from chosen), metric_name, buckets) b
  join chosen on chosen.experiment_id = b.experiment_id
  group by 1, 2
  order by 1, 2
$$;

-- The store itself. Sizes and counts as the server's statistics have them: nothing is counted.
create view store_table as
select t.table_name, sum(t.rows)::bigint as live_rows, sum(t.dead)::bigint as dead_rows, sum(t.bytes)::bigint as bytes, sum(t.index_bytes)::bigint as index_bytes,
       count(*)::int as parts, max(t.vacuumed) as vacuumed_at, max(t.analyzed) as analyzed_at
from (
  select coalesce(p.relname, c.relname)::text as table_name, s.n_live_tup as rows, s.n_dead_tup as dead, pg_total_relation_size(c.oid) as bytes, pg_indexes_size(c.oid) as index_bytes,
         greatest(s.last_vacuum, s.last_autovacuum) as vacuumed, greatest(s.last_analyze, s.last_autoanalyze) as analyzed
  from pg_stat_user_tables s
  join pg_class c on c.oid = s.relid
  left join pg_inherits i on i.inhrelid = c.oid
  left join pg_class p on p.oid = i.inhparent
  where s.schemaname = 'public' and c.relkind = 'r') t
group by t.table_name;

create view store_partition as
select c.relname::text as partition, substring(c.relname from '\d+$')::bigint as number, pg_get_expr(c.relpartbound, c.oid) as bounds,
       s.n_live_tup as live_rows, s.n_dead_tup as dead_rows, s.n_tup_ins as inserted_rows, pg_total_relation_size(c.oid) as bytes, greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
join pg_stat_user_tables s on s.relid = c.oid
where i.inhparent = 'public.metric_chunk'::regclass;

create view store_health as
select pg_database_size(d.oid) as database_bytes, b.numbackends as connections, current_setting('max_connections')::int as max_connections, age(d.datfrozenxid) as transaction_id_age,
       b.xact_commit as commits, b.xact_rollback as rollbacks, b.deadlocks, b.temp_bytes,
       b.blks_hit::float8 / greatest(1, b.blks_hit + b.blks_read) as cache_hit_ratio,
       (select max(p.number) from store_partition p) - coalesce((select max(e.id) from experiment e), 0) / 100000 as partitions_ahead,
       current_setting('server_version') as server_version
from pg_database d join pg_stat_database b on b.datid = d.oid
where d.datname = current_database();
