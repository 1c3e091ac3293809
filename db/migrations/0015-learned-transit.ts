/** Times in transit learned from shipments: what is known, what was made of it, and when to look again. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- Never changed: a decision names the version it was made with and is made again with it. Version 0,
-- which has no row, is what carriers publish.
create table transit_versions (
  transit_version integer primary key check (transit_version > 0),
  network_version integer not null references networks,
  learned_at timestamptz not null,
  deliveries bigint not null,           -- that it was learned from
  learned bytea not null                -- gzip of JSON: routing's LearnedTransit rows
);

-- One row. Its lock is what keeps two workers from learning the same events.
create table transit_learning (
  is_only boolean primary key default true check (is_only),
  due_at timestamptz not null,
  after_seq bigint not null default 0,  -- journal: learned up to and including
  edge_seq bigint not null default 0,   -- journal: drawn when last looked …
  edge_xid xid8 not null default '0',   -- … by transactions below this id
  deliveries bigint not null default 0,
  state bytea                           -- gzip of JSON: routing's StoredLearner; null = nothing yet
);
insert into transit_learning (due_at) values ('1970-01-01T00:00:00Z');

alter table decision_batches add column transit_version integer not null default 0;
alter table quote_views add column transit_version integer not null default 0;

do $$
declare
  name text;
begin
  foreach name in array array['transit_versions', 'transit_learning'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy engine_all on %I to portolan_engine using (true) with check (true)', name);
    execute format('create policy owner_all on %I to current_user using (true) with check (true)', name);
    execute format('create policy party_own on %I to portolan_party
      using (current_party_role() = ''operator'') with check (current_party_role() = ''operator'')', name);
  end loop;
end $$;
grant select, insert on transit_versions to portolan_engine;
grant select, update on transit_learning to portolan_engine;
grant select on transit_versions, transit_learning to portolan_party;
`)
    .execute(db);
}
