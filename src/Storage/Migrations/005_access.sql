-- Tokens with roles, whose workers are whose, and who wanted what the events tell of.

-- Never the token, only its hash: 256 random bits need no salt and no slow function.
create table access_token (
  id           bigint generated always as identity primary key,
  name         text not null,
  role         text not null check (role in ('viewer', 'submitter', 'worker', 'admin')),
  pool         text,
  sha256       bytea not null unique check (octet_length(sha256) = 32),
  created_at   timestamptz not null default clock_timestamp(),
  created_by   text not null,
  expires_at   timestamptz,
  replaced_at  timestamptz,                            -- a newer one has its name; it ends soon
  revoked_at   timestamptz,
  last_used_at timestamptz,
  check ((role = 'worker') = (pool is not null))
);
create unique index access_token_name on access_token (name) where revoked_at is null and replaced_at is null;

-- A worker's name belongs to the token that first used it, for good, and with it the leases that were granted to it: whoever has the token's name and pool,
-- so that a token can be replaced while its workers train.
create table worker_owner (
  worker   text primary key,
  token    text not null,
  pool     text,
  bound_at timestamptz not null default clock_timestamp()
);

alter table event add column by text;                  -- null: the system by itself
alter table sweep add column steered_by text;          -- who paused, resumed, cancelled or reopened it
