-- The role that Grafana reads with: vivit_grafana. It sees the views and nothing else, read-only, ten seconds a statement.
-- Run it in ViViT's database as a superuser, or as the owner of the schema if that one may create roles; and again after each upgrade, for views that are new:
--
--   VIVIT_GRAFANA_PASSWORD=... psql --no-psqlrc "$ADMIN" -f deploy/grafana/role.sql
--
-- Roles belong to a cluster of PostgreSQL and not to a database, so no migration makes this one. psql 15 or later.
\set ON_ERROR_STOP on
\set QUIET on
\getenv password VIVIT_GRAFANA_PASSWORD
\if :{?password}
\else
  do $$ begin raise exception 'VIVIT_GRAFANA_PASSWORD is not set: put the password of vivit_grafana into it, the same that Grafana gets.'; end $$;
\endif

begin;
select 'create role vivit_grafana' where not exists (select from pg_roles where rolname = 'vivit_grafana') \gexec
alter role vivit_grafana with login nocreatedb nocreaterole inherit connection limit 20 password :'password';
alter role vivit_grafana set statement_timeout = '10s';
alter role vivit_grafana set lock_timeout = '2s';
alter role vivit_grafana set idle_in_transaction_session_timeout = '30s';
alter role vivit_grafana set default_transaction_read_only = on;
alter role vivit_grafana set search_path = public;
-- A panel's sort stays in memory.
alter role vivit_grafana set work_mem = '32MB';
-- Compiling a plan costs more than any panel's statement.
alter role vivit_grafana set jit = off;

revoke all on all tables in schema public from vivit_grafana;
revoke all on schema public from vivit_grafana;
grant usage on schema public to vivit_grafana;
select format('grant connect on database %I to vivit_grafana', current_database()) \gexec
-- The views of whoever owns the tables; an extension's are not ours to show.
select format('grant select on public.%I to vivit_grafana', v.relname)
from pg_class v
where v.relkind = 'v' and v.relnamespace = 'public'::regnamespace and v.relowner = (select relowner from pg_class where oid = 'public.experiment'::regclass)
  and not exists (select from pg_depend d where d.objid = v.oid and d.deptype = 'e')
order by v.relname \gexec
commit;
