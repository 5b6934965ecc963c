#!/bin/sh
# After each migration, as the administrator: what Grafana may read.
set -eu
VIVIT_GRAFANA_PASSWORD=$(cat /run/secrets/grafana_password)
PGPASSWORD=$(cat /run/secrets/postgres_password)
export VIVIT_GRAFANA_PASSWORD PGPASSWORD
psql --no-psqlrc --host=postgres --username=postgres --dbname=vivit --file=/sql/role.sql
