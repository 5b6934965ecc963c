#!/bin/sh
# Run by the image of postgres when its volume is empty: the roles and the database, with the passwords that the secrets hold.
set -eu
VIVIT_MIGRATE_PASSWORD=$(sed 's/.*://' /run/secrets/migrate_pgpass)
VIVIT_SILO_PASSWORD=$(sed 's/.*://' /run/secrets/silo_pgpass)
export VIVIT_MIGRATE_PASSWORD VIVIT_SILO_PASSWORD
psql --no-psqlrc --username=postgres --dbname=postgres --file=/sql/roles.sql
