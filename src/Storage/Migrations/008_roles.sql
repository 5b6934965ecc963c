-- Silos that know migration 004 can work with this.
-- What a silo does to the schema while it runs, as functions with their owner's rights: its own role then needs none but to rows.

create function metric_partitions_for(last_experiment bigint) returns void language plpgsql security definer as $$
declare
  width constant bigint := 100000;                     -- experiments in a partition: MetricPartitions.Experiments
  wanted constant bigint := last_experiment / width + 1;
  newest bigint;
begin
  -- Two sweeps may be the first of a range at once: one makes it, the other finds it made.
  perform pg_advisory_xact_lock(6226602970197262338);  -- any constant will do that nothing else in the database uses
  select coalesce(max(substring(c.relname from 'metric_chunk_(\d+)')::bigint), -1) into newest
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_chunk'::regclass;
  for number in newest + 1 .. wanted loop
    -- Made apart and attached: "create … partition of" would wait for every reader and hold up every flush meanwhile.
    execute format('create table metric_chunk_%s (like metric_chunk including all)', number);
    execute format('alter table metric_chunk_%s alter column vals set compression lz4', number);
    execute format('alter table metric_chunk attach partition metric_chunk_%s for values from (%s) to (%s)', number, number * width, (number + 1) * width);
  end loop;
end $$;

create function analyze_experiments() returns void language plpgsql security definer as $$
begin
  analyze experiment;
end $$;

-- Whoever calls them finds their tables where this migration found them, and nothing of his own making in their place.
do $$
begin
  execute format('alter function metric_partitions_for(bigint) set search_path = %I, pg_catalog, pg_temp', current_schema());
  execute format('alter function analyze_experiments() set search_path = %I, pg_catalog, pg_temp', current_schema());
end $$;
revoke execute on function metric_partitions_for(bigint), analyze_experiments() from public;
