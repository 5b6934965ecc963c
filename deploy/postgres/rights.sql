-- What vivit_silo may do with what vivit_migrate made. As vivit_migrate, after each run of `ViViT.Silo migrate`; a second time changes nothing.
\set ON_ERROR_STOP on
begin;
grant usage, create on schema public to vivit_silo;
grant select, insert, update, delete on all tables in schema public to vivit_silo;
grant usage, select on all sequences in schema public to vivit_silo;
grant execute on all functions in schema public to vivit_silo;
-- What has been migrated is told by vivit_migrate alone; what has happened stays as it was told.
revoke insert, update, delete on schema_migration from vivit_silo;
revoke update on event from vivit_silo;
-- Silos attach its partitions, which takes owning it.
select format('alter table public.%I owner to vivit_silo', c.relname)
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname ~ '^metric_chunk(_\d+)?$'
  and c.relowner = 'vivit_migrate'::regrole
order by c.relkind, c.relname \gexec
commit;
