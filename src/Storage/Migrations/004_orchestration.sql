-- Failure classes and backoff, fair shares and limits of sweeps, pause, preemption, cordoning, events, logs, search and stopping rules.

-- Sweeps: what the scheduler asks about stands in columns.
alter table sweep
  add column pool         text,
  add column priority     int not null default 0,
  add column weight       float8 not null default 1 check (weight > 0),
  add column max_parallel int check (max_parallel >= 1),
  add column needs        jsonb not null default '{}',
  add column expected     int not null default 1,      -- experiments in the end; a search chooses some of them later
  add column grouped      boolean not null default true, -- its experiments may train as one
  drop constraint sweep_state_check,
  drop constraint sweep_check;
update sweep s set pool = coalesce(s.spec ->> 'pool', 'local'), expected = greatest(1, (select count(*) from experiment e where e.sweep_id = s.id));
alter table sweep
  alter column pool set not null,
  add constraint sweep_state check (state in ('running', 'paused', 'succeeded', 'failed', 'cancelled')),
  add constraint sweep_finished check ((state in ('running', 'paused')) = (finished_at is null));
create index sweep_running on sweep (pool) where state = 'running';

-- A submission under a key makes one sweep, however often it is repeated.
create table submission (
  key       text primary key,
  sweep_id  bigint not null,
  spec_hash text not null,
  at        timestamptz not null default clock_timestamp()
);

-- What an experiment is trained by is read once a grant and never written: it stands apart, so that the rows that change all the time are small.
create table experiment_spec (
  sweep_id bigint not null,
  ordinal  int not null,
  spec     jsonb not null,
  primary key (sweep_id, ordinal)
);
insert into experiment_spec (sweep_id, ordinal, spec) select sweep_id, ordinal, spec from experiment;

drop index experiment_queue, experiment_group;
alter table experiment
  drop column priority,                                -- the sweep's
  add column failures     int not null default 0,
  add column ready_at     timestamptz,                 -- queued, but not offered before this; null: offered
  add column avoid_worker text,
  add column accumulate   int not null default 1 check (accumulate >= 1),
  add column lease_id     bigint,                      -- running: the lease, and with it the slot, that it shares with the others of it
  add column release      text,                        -- running: asked to save and hand back, and why
  add column informed     int,                         -- results that the search had when it chose this one
  add column epochs       int not null default 1,
  add column batch_size   int not null default 1,
  add constraint experiment_release check (release is null or state = 'running'),
  add constraint experiment_lease_id check (lease_id is null or state = 'running'),
  add constraint experiment_ready check (ready_at is null or state = 'queued');
update experiment set failures = greatest(0, attempt - 1), lease_id = case when state = 'running' then coalesce(group_id, id) end, epochs = coalesce((spec #>> '{training,epochs}')::int, 1), batch_size = coalesce((spec #>> '{training,batch_size}')::int, 1);
alter table experiment drop column spec, set (autovacuum_vacuum_insert_scale_factor = 0.01);

-- Its turn among its sweep's, as long as it is offered. A column of its own, so that the planner orders by the queue's index and cannot take the primary
-- key's, which would walk past everything that was ever granted.
alter table experiment add column turn bigint generated always as (case when state = 'queued' and ready_at is null then id end) stored;
create index experiment_queue on experiment (sweep_id, turn) where turn is not null;
create index experiment_group on experiment (sweep_id, group_key, turn) where turn is not null and group_id is null;
create index experiment_backoff on experiment (pool, ready_at) where state = 'queued' and ready_at is not null;
create index experiment_share on experiment (sweep_id, lease_id) where state = 'running';

-- What renews a lease is then no index's business, and a heartbeat writes the row alone; what has expired is looked for among all that runs.
drop index experiment_lease;

-- Numbers of leases, and of the groups that their first grants form: one that is formed anew is not taken for the one that its members left.
create sequence lease_id_seq;
select setval('lease_id_seq', (select coalesce(max(greatest(group_id, id)), 0) + 1 from experiment));

create or replace function experiment_moves() returns trigger language plpgsql as $$
begin
  if (old.state, new.state) not in (
       ('pending', 'queued'), ('pending', 'cancelled'),
       ('queued', 'running'), ('queued', 'cancelled'), ('queued', 'stopped'),
       ('running', 'queued'), ('running', 'succeeded'), ('running', 'failed'), ('running', 'stopped'), ('running', 'cancelled'),
       ('failed', 'queued'), ('cancelled', 'queued')) then
    raise exception 'experiment % cannot move from % to %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- An attempt is opened by the statement that has just changed its experiment: looking for that once more cost a sixth of a grant.
alter table experiment_attempt
  drop constraint experiment_attempt_experiment_id_fkey,
  drop constraint experiment_attempt_outcome_check,
  add constraint experiment_attempt_outcome check (outcome in ('succeeded', 'failed', 'released', 'lease_lost', 'stopped', 'cancelled')),
  add column class text check (class in ('user', 'out_of_memory', 'numerical', 'infrastructure', 'preempted', 'cancelled'));
create index experiment_attempt_worker on experiment_attempt (worker, ended_at desc) where ended_at is not null;

alter table worker
  add column slot_list     jsonb not null default '[]',
  add column cordon_reason text,                       -- gets no leases
  add column draining      boolean not null default false;

-- What the system did and why. txid tells which events are certain to have none before them that is still to come.
create table event (
  id            bigint generated always as identity primary key,
  at            timestamptz not null default clock_timestamp(),
  txid          xid8 not null default pg_current_xact_id(),
  kind          text not null,
  sweep_id      bigint,
  experiment_id bigint,
  worker        text,
  text          text not null
);
create index event_sweep on event (sweep_id, id);

create function event_stays() returns trigger language plpgsql as $$
begin
  raise exception 'events are never changed' using errcode = 'check_violation';
end $$;

create trigger event_stays before update on event for each row execute function event_stays();

create table experiment_log (
  id            bigint generated always as identity,
  experiment_id bigint not null,
  attempt       int not null,
  seq           int not null,
  at            timestamptz not null,
  line          text not null,
  primary key (experiment_id, attempt, seq)
);
create index experiment_log_order on experiment_log (experiment_id, id);

-- What a search was told, in the order in which it heard it: its decisions are functions of this.
create table search_result (
  sweep_id bigint not null references sweep,
  seq      int not null,
  ordinal  int not null,
  value    float8,                                     -- null: ended without one
  primary key (sweep_id, seq),
  unique (sweep_id, ordinal)
);

-- What a stopping rule decided, in the order in which it did: each experiment once at each milestone.
create table judgement (
  sweep_id      bigint not null references sweep,
  seq           int not null,
  experiment_id bigint not null references experiment,
  epoch         int not null,
  value         float8 not null,
  stop          boolean not null,
  reason        text not null,
  at            timestamptz not null default clock_timestamp(),
  primary key (sweep_id, seq),
  unique (experiment_id, epoch)
);

-- The history: of an attempt only the steps that every later one built on, and none where a later one started afresh. What waits for its next attempt
-- goes on from its checkpoint, so nothing after that is history.
create or replace view run_curve as
select c.experiment_id, k.name as metric, p.step, p.value
from metric_chunk c
join metric_key k on k.id = c.metric_id
cross join lateral (
  select least(
    coalesce((select min(coalesce(later.resumed_step, -1)) from experiment_attempt later where later.experiment_id = c.experiment_id and later.attempt > c.attempt), 9223372036854775807),
    (select case when e.state = 'queued' then coalesce(e.checkpoint_step, -1) else 9223372036854775807 end from experiment e where e.id = c.experiment_id)) as until) lineage
cross join lateral (
  select coalesce(u.step, c.first_step + (u.i - 1) * ((c.last_step - c.first_step) / greatest(c.n - 1, 1))) as step, u.value
  from unnest(c.steps, c.vals) with ordinality u(step, value, i)) p
where c.first_step <= lineage.until and p.step <= lineage.until;

-- The summaries of what waits say what its curves say.
delete from metric_summary s using experiment e where e.id = s.experiment_id and e.state = 'queued';
insert into metric_summary (experiment_id, metric_id, n, last_step, last_value, min_value, max_value, non_finite)
select c.experiment_id, k.id, count(*), max(c.step), (array_agg(c.value order by c.step desc))[1],
       min(c.value) filter (where c.value < 'Infinity' and c.value > '-Infinity'), max(c.value) filter (where c.value < 'Infinity' and c.value > '-Infinity'),
       count(*) filter (where not (c.value < 'Infinity' and c.value > '-Infinity'))
from run_curve c join metric_key k on k.name = c.metric join experiment e on e.id = c.experiment_id and e.state = 'queued' group by c.experiment_id, k.id;
