-- The roles that ViViT uses in PostgreSQL, and its database. Once, as a superuser:
--
--   VIVIT_MIGRATE_PASSWORD=... VIVIT_SILO_PASSWORD=... psql --no-psqlrc "$ADMIN" -f deploy/postgres/roles.sql
--
-- vivit_migrate owns the database and changes the schema (ViViT.Silo migrate, ViViT.Silo prune); vivit_silo reads and writes rows and runs the silos, with
-- VIVIT_MIGRATE=never. What vivit_silo may do with which table, each `ViViT.Silo migrate` grants it. Grafana's role: deploy/grafana/role.sql. Workers have
-- none: they never see the database. psql 15 or later; a second time changes nothing but the passwords.
\set ON_ERROR_STOP on
\getenv migrate_password VIVIT_MIGRATE_PASSWORD
\getenv silo_password VIVIT_SILO_PASSWORD

select 'create role vivit_silo' where not exists (select from pg_roles where rolname = 'vivit_silo') \gexec
select 'create role vivit_migrate' where not exists (select from pg_roles where rolname = 'vivit_migrate') \gexec
alter role vivit_silo with login password :'silo_password';
alter role vivit_migrate with login password :'migrate_password';
-- What a silo says takes milliseconds, and a submission of a hundred thousand seconds: what takes longer must not hold up the others.
alter role vivit_silo set statement_timeout = '5min';
alter role vivit_silo set idle_in_transaction_session_timeout = '1min';
select 'create database vivit owner vivit_migrate encoding ''UTF8'' template template0' where not exists (select from pg_database where datname = 'vivit') \gexec
revoke all on database vivit from public;
grant connect on database vivit to vivit_silo;
