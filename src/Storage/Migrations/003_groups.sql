-- Experiments that train as one, and how many of a shape pay on which kind of device.

-- Of an experiment: how many may train as one (null: as many as pay), and the group that its first grant put it into for good, so that
-- every attempt has the same shapes and thus the same bits. What was submitted before trains alone.
alter table experiment
  add column shape_key   text,                -- null: unknown data set, no shape to measure
  add column group_limit int default 1 check (group_limit >= 1),
  add column group_id    bigint,              -- the experiment that was granted first
  add column group_size  int,
  add column group_place int,
  add constraint experiment_group_whole check ((group_id is null) = (group_size is null) and (group_id is null) = (group_place is null)),
  add constraint experiment_group_place check (group_place >= 0 and group_place < group_size);

create unique index experiment_mates on experiment (group_id, group_place) where group_size > 1;

create table group_size (
  device             text not null,
  shape              text not null,
  size               int not null check (size >= 1),
  sizes              int[] not null,
  samples_per_second float8[] not null,
  measured_at        timestamptz not null default clock_timestamp(),
  primary key (device, shape),
  check (cardinality(sizes) = cardinality(samples_per_second))
);
