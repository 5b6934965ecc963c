-- The roles that ViViT uses in PostgreSQL, and its database. Once, as a superuser:
--
--   VIVIT_MIGRATE_PASSWORD=... VIVIT_SILO_PASSWORD=... psql --no-psqlrc "$ADMIN" -f deploy/postgres/roles.sql
--
-- vivit_migrate owns the database and changes the schema; vivit_silo works on its rows. The one thing that silos make is partitions of metric_chunk, which
-- takes owning that table: so it is theirs (rights.sql), and vivit_migrate is a member of vivit_silo to be able to change it. psql 15 or later.
\set ON_ERROR_STOP on
\getenv migrate_password VIVIT_MIGRATE_PASSWORD
\getenv silo_password VIVIT_SILO_PASSWORD

select 'create role vivit_silo' where not exists (select from pg_roles where rolname = 'vivit_silo') \gexec
select 'create role vivit_migrate' where not exists (select from pg_roles where rolname = 'vivit_migrate') \gexec
alter role vivit_silo with login password :'silo_password';
alter role vivit_migrate with login password :'migrate_password';
grant vivit_silo to vivit_migrate;
select 'create database vivit owner vivit_migrate' where not exists (select from pg_database where datname = 'vivit') \gexec
revoke all on database vivit from public;
grant connect on database vivit to vivit_silo;
