/** Prices of contended stock: what was computed when, and when it is computed next. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- A set of prices is never changed: a decision names the set it was made with and is made again with it.
create table price_sets (
  price_set_id uuid primary key,
  network_version integer not null references networks,
  computed_at timestamptz not null,
  stale_at timestamptz not null check (stale_at > computed_at),  -- from then on: greedy
  horizon_until timestamptz not null,
  seed bigint not null,                 -- of the futures that were sampled
  prices json not null,                 -- [[warehouse_id, sku_id, price per unit, minor units]]
  demand json not null                  -- [[sku_id, zone_id, orders expected, units of one]]
);
create index price_sets_by_time on price_sets (computed_at desc);
alter table price_sets alter column prices set statistics 0, alter column demand set statistics 0;

-- One row: when prices are due. A refresh moves it on first, so two workers never compute at once.
create table price_refreshes (
  is_only boolean primary key default true check (is_only),
  due_at timestamptz not null
);
insert into price_refreshes (due_at) values ('1970-01-01T00:00:00Z');

-- Null: decided greedily, without prices.
alter table decision_batches add column price_set_id uuid;

do $$
declare
  name text;
begin
  foreach name in array array['price_sets', 'price_refreshes'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy engine_all on %I to portolan_engine using (true) with check (true)', name);
    execute format('create policy owner_all on %I to current_user using (true) with check (true)', name);
    execute format('create policy party_own on %I to portolan_party
      using (current_party_role() = ''operator'') with check (current_party_role() = ''operator'')', name);
  end loop;
end $$;
grant select, insert on price_sets to portolan_engine;
grant select, update on price_refreshes to portolan_engine;
grant select on price_sets, price_refreshes to portolan_party;
`)
    .execute(db);
}
