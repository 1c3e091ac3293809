/** Whether orders that wait are decided again, and which prices count on it. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- When they were last decided again, whatever came of it; null = never.
alter table redecide_runs add column ran_at timestamptz;
-- True where they were counted as demand, and what they hold as supply.
alter table price_sets add column counts_waiting boolean not null default false;
`)
    .execute(db);
}
