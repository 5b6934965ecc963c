#!/bin/sh
# After each migration: what silos may do, as the schema's owner; what Grafana may read, as the administrator.
set -eu
export PGHOST=postgres PGDATABASE=vivit
PGPASSWORD=$(sed 's/.*://' /run/secrets/migrate_pgpass) psql --no-psqlrc --username=vivit_migrate --file=/sql/rights.sql
VIVIT_GRAFANA_PASSWORD=$(cat /run/secrets/grafana_password)
export VIVIT_GRAFANA_PASSWORD
PGPASSWORD=$(cat /run/secrets/postgres_password) psql --no-psqlrc --username=postgres --file=/sql/grafana-role.sql
