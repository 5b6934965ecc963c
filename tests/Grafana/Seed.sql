-- Ten million points in two sweeps, as the control plane would have stored them: a study of 60 long trainings (sweep 1), and a search of 8,200 short ones
-- (sweep 2), with every state, retry, checkpoint, log line and event that a dashboard shows. Times are relative to now.

insert into metric_key (name) values
  ('train/loss'), ('train/samples_per_second'), ('train/seconds'), ('train/learning_rate'), ('train/peak_memory_bytes'),
  ('validation/loss'), ('validation/accuracy'), ('validation/auc'), ('test/accuracy'), ('test/auc'), ('validation/confusion/0/1');

insert into sweep (id, name, description, spec, state, pool, expected, created_at) values
  (1, 'tokenizers', 'Which tokenizer is better?', '{}', 'running', 'gpu', 60, now() - interval '6 hours'),
  (2, 'wide-search', 'Which recipe is best?', '{}', 'running', 'gpu', 8200, now() - interval '3 hours');
select setval('sweep_id_seq', 2);

-- 2 tokenizers x 3 learning rates x 10 seeds, and 8,200 draws.
insert into experiment (sweep_id, ordinal, axes, data, group_key, pool, state, max_attempts, informed)
select 1, t * 30 + l * 10 + s,
       json_build_object('model.tokenizer', (array['tubelet', 'uniform_frame_sampling'])[t + 1], 'training.learning_rate', (array['0.001', '0.0003', '0.0001'])[l + 1], 'seed', s::text),
       'shapes3d', 'a', 'gpu', 'queued', 5, null
from generate_series(0, 1) t, generate_series(0, 2) l, generate_series(0, 9) s;
insert into experiment (sweep_id, ordinal, axes, data, group_key, pool, state, max_attempts, informed)
select 2, i, json_build_object('training.learning_rate', round((0.0001 * exp((i * 37 % 1000) / 250.0))::numeric, 6)::text, 'model.tokenizer', (array['tubelet', 'uniform_frame_sampling'])[i % 2 + 1]),
       'shapes3d', 'b', 'gpu', 'queued', 5, i / 8
from generate_series(0, 8199) i;

insert into experiment_spec (sweep_id, ordinal, spec)
select sweep_id, ordinal, jsonb_build_object('seed', coalesce((axes ->> 'seed')::int, 0), 'training', jsonb_build_object('learning_rate', (axes ->> 'training.learning_rate')::float8)) from experiment;

-- Attempts: every fifth experiment lost its first lease half-way and resumed from the checkpoint before.
create temp table plan as
select id, sweep_id, ordinal, id % 5 = 0 as retried, case sweep_id when 1 then 20000 else 1000 end as steps,
       case when ordinal % 20 = 3 then 'failed' when ordinal % 20 = 4 then 'stopped' when ordinal % 20 = 5 then 'cancelled' when ordinal % 20 = 6 then 'queued' when ordinal % 20 in (7, 8) then 'running' else 'succeeded' end as state,
       now() - (case sweep_id when 1 then interval '5 hours' else interval '2 hours' end) + (ordinal % 600) * interval '10 seconds' as began
from experiment;

insert into experiment_attempt (experiment_id, attempt, fence, next_seq, resumed_step, step, total_steps, worker, started_at, ended_at, outcome, class, reason)
select id, 1, 1, 10, null, steps / 2, steps, 'worker-' || id % 4, began, began + interval '5 minutes', 'lease_lost', 'infrastructure', 'No heartbeat for 15 s.' from plan where retried and state <> 'queued'
union all
select id, case when retried then 2 else 1 end, case when retried then 3 else 1 end, 10, case when retried then steps / 4 end, steps, steps, 'worker-' || id % 4, began + interval '6 minutes',
       case when state <> 'running' then began + interval '16 minutes' end,
       case when state <> 'running' then state end, case state when 'failed' then 'numerical' when 'cancelled' then 'cancelled' end, case state when 'failed' then 'The loss is no number.' end
from plan where state <> 'queued';

update experiment e set state = 'running', worker = 'worker-' || e.id % 4, lease_until = now() + interval '15 seconds', lease_id = e.id, fence = 5, attempt = case when p.retried then 2 else 1 end
from plan p where p.id = e.id and p.state <> 'queued';
update experiment e set state = p.state, state_since = p.began + interval '16 minutes', worker = null, lease_until = null, lease_id = null, failures = p.retried::int,
       reason = case p.state when 'failed' then 'The loss is no number.' when 'cancelled' then 'By hand.' when 'stopped' then 'Behind at epoch 3.' end
from plan p where p.id = e.id and p.state not in ('queued', 'running');

insert into checkpoint (experiment_id, fence, step, path, sha256, bytes, committed_at)
select a.experiment_id, a.fence, s, 'step-' || s, 'ab', 4200000, a.started_at + interval '1 minute' * (s * 8.0 / a.total_steps)
from experiment_attempt a, generate_series(a.total_steps / 8, a.step, a.total_steps / 8) s where s > coalesce(a.resumed_step, 0);

-- train/loss has a point a step, in chunks of 100; everything else one in a hundred steps.
create table metric_chunk_0 (like metric_chunk including all);
create table metric_chunk_1 (like metric_chunk including all);
create temp table shape as select j, array(select 0.1 + 1.4 * exp(-(j * 100 + i) / 4000.0) + 0.02 * sin(i * 12.9898 + j) from generate_series(1, 100) i) as vals from generate_series(0, 199) j;
insert into metric_chunk_0 (experiment_id, attempt, metric_id, seq, first_step, last_step, n, steps, vals)
select a.experiment_id, a.attempt, 1, s.j, s.j * 100 + 1, s.j * 100 + 100, 100, null, s.vals
from experiment_attempt a join shape s on s.j * 100 >= coalesce(a.resumed_step, 0) and s.j * 100 < a.step;
insert into metric_chunk_0 (experiment_id, attempt, metric_id, seq, first_step, last_step, n, steps, vals)
select a.experiment_id, a.attempt, k.id, 0, 100, a.step / 100 * 100, a.step / 100, null,
       (select array_agg(case k.id when 2 then 400 + 5 * sin(i) when 3 then 4 when 4 then 0.001 when 5 then 2e9 else least(0.99, 0.5 + 0.4 * (1 - exp(-i / 30.0)) + 0.0001 * (a.experiment_id % 97)) end) from generate_series(1, a.step / 100) i)
from experiment_attempt a, metric_key k where k.id between 2 and 11 and a.resumed_step is null;
alter table metric_chunk attach partition metric_chunk_0 for values from (0) to (100000);
alter table metric_chunk attach partition metric_chunk_1 for values from (100000) to (200000);

insert into metric_summary (experiment_id, metric_id, n, last_step, last_value, min_value, max_value, non_finite)
select e.id, k.id, case k.id when 1 then p.steps else p.steps / 100 end, p.steps,
       case k.id when 1 then 0.1 + (e.id % 89) / 100.0 else least(0.99, 0.8 + 0.002 * (e.id % 97)) end, 0.05, 1.5, (e.state = 'failed')::int
from experiment e join plan p on p.id = e.id cross join metric_key k where e.state <> 'queued';

insert into experiment_log (experiment_id, attempt, seq, at, line)
select a.experiment_id, a.attempt, i, a.started_at + i * interval '10 seconds', 'epoch ' || i || ': validation auc 0.8' || i from experiment_attempt a, generate_series(0, 9) i;

insert into event (at, kind, sweep_id, text) select created_at, 'sweep_submitted', id, '''' || name || '''' from sweep;
insert into event (at, kind, sweep_id, experiment_id, worker, text)
select v.at, v.kind, a.sweep_id, a.id, a.worker, v.text
from (select e.sweep_id, e.id, e.state, t.* from experiment_attempt t join experiment e on e.id = t.experiment_id) a
cross join lateral (values
  (a.started_at, 'experiment_granted', 'attempt ' || a.attempt),
  (a.ended_at, case when a.outcome = 'lease_lost' then 'experiment_queued' else 'experiment_' || a.state end, 'attempt ' || a.attempt || ' ' || a.outcome)) v(at, kind, text)
where v.at is not null order by v.at;

insert into worker (name, pool, host, slots, device, version, first_seen, last_seen, cordon_reason, draining)
select 'worker-' || i, 'gpu', 'node-' || i, 4, 'cuda', '0.1.0', now() - interval '1 day', now() - i * interval '1 second', case i when 3 then 'Five failures in a row.' end, i = 2 from generate_series(0, 3) i;
