/** Carriers' parts of the work: parcels counted by hour, and what their prices were made from. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- Parcels planned in a clock hour (UTC) that is over; the hours since are counted from the shipments.
create table carrier_hours (
  hour timestamptz not null,
  carrier_id text not null,
  zone_id text not null,
  parcels integer not null check (parcels > 0),
  primary key (hour, carrier_id, zone_id)
);

alter table price_sets
  add column carriers json not null default '[]',  -- [[carrier_id, zones, period, price, own, all]]
  add column exploration json;                     -- null: nothing is tried
alter table price_sets alter column carriers set statistics 0, alter column exploration set statistics 0;

alter table carrier_hours enable row level security;
alter table carrier_hours force row level security;
create policy engine_all on carrier_hours to portolan_engine using (true) with check (true);
create policy owner_all on carrier_hours to current_user using (true) with check (true);
create policy party_own on carrier_hours to portolan_party
  using (current_party_role() = 'operator') with check (current_party_role() = 'operator');
grant select, insert, delete on carrier_hours to portolan_engine;
grant select on carrier_hours to portolan_party;
`)
    .execute(db);
}
