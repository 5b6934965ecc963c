-- Counting a sweep's experiments, and finding those that train as one, without reading their rows.

create index experiment_progress on experiment (sweep_id, state) include (id, attempt);
create index experiment_group on experiment (sweep_id, group_key, priority desc, id) where state = 'queued';

-- The history: of an earlier attempt only the steps that every later one built on, and none where a later one started afresh.
create or replace view run_curve as
select c.experiment_id, k.name as metric, p.step, p.value
from metric_chunk c
join metric_key k on k.id = c.metric_id
cross join lateral (
  select coalesce(min(coalesce(later.resumed_step, -1)), 9223372036854775807) as until
  from experiment_attempt later where later.experiment_id = c.experiment_id and later.attempt > c.attempt) lineage
cross join lateral (
  select coalesce(u.step, c.first_step + (u.i - 1) * ((c.last_step - c.first_step) / greatest(c.n - 1, 1))) as step, u.value
  from unnest(c.steps, c.vals) with ordinality u(step, value, i)) p
where c.first_step <= lineage.until and p.step <= lineage.until;
