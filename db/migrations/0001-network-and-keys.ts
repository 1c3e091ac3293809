/** The network's versions, the keys of its parties, and the two roles the engine works as. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- portolan_engine does the shared work; portolan_party sees through row-level security only.
-- Roles are cluster-wide: two databases may migrate at once, so losing that race is fine.
do $$
declare wanted text;
begin
  foreach wanted in array array['portolan_engine', 'portolan_party'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to %I', wanted, current_user);
    end if;
  end loop;
end $$;

grant usage on schema public to portolan_engine, portolan_party;

-- Who is asking, set per transaction with set_config(…, true); unset reads as no row at all.
create function current_party_role() returns text language sql stable parallel safe
  as $$ select current_setting('portolan.role', true) $$;
create function current_party() returns text language sql stable parallel safe
  as $$ select current_setting('portolan.party', true) $$;

create table networks (
  version integer primary key check (version > 0),
  document bytea not null,              -- gzip of the canonical JSON
  digest text not null,                 -- sha-256 of the canonical JSON, hex
  applied_at timestamptz not null,
  applied_by text not null
);

create table api_keys (
  key_id uuid primary key,
  prefix text not null unique,          -- shown and logged; the secret is not
  secret_hash bytea not null,           -- sha-256 of the whole key
  role text not null check (role in ('platform', 'seller', 'warehouse', 'carrier', 'operator')),
  party_id text not null,               -- '*' for operators
  scopes text[] not null,
  label text,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table idempotency_keys (
  role text not null,
  party_id text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,          -- sha-256 of method, path and body
  status smallint not null,
  response json not null,
  created_at timestamptz not null,
  primary key (role, party_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
`)
    .execute(db);
}
