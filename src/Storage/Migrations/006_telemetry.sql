-- Silos that know migration 004 can work with this.
-- What telemetry asks of the rows: the trace that an experiment's spans belong to (null: not traced), when the checkpoint to resume from was
-- committed, and how many sweeps there are of a state without reading them.
alter table experiment
  add column trace         text,
  add column checkpoint_at timestamptz;
create index sweep_state on sweep (state);
