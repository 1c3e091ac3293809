/** Prices of contended capacity beside those of stock, and the prices that quotes were made at. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table price_sets
  add column capacity json not null default '[]',  -- [[resource, slot_seconds, price per parcel or pick]]
  add column orders_soon double precision not null default 0;  -- expected until the next refresh
alter table price_sets alter column capacity set statistics 0;

-- Null: quoted without prices.
alter table quote_views add column price_set_id uuid;
`)
    .execute(db);
}
