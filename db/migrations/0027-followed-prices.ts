/** Prices that follow what is used between two solves: what they go by, and which set they follow. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table price_sets
  -- {"stock": [[warehouse, sku, course]], "capacity": [[resource, slot_seconds, course]]} of all that is
  -- contended, a course being [price, units planned until the horizon, units there, most it can be worth].
  add column course json not null default '{"stock": [], "capacity": []}',
  -- The set it was moved on from; null = solved.
  add column follows uuid;
alter table price_sets alter column course set statistics 0;
`)
    .execute(db);
}
