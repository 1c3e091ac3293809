/**
 * What is remembered for months no longer holds the seasons it was learned in, and calibrates for a year:
 * what was learned before does. It is learned again from the journal; versions that decisions name stay as
 * they are.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
update transit_learning set state = null, after_seq = 0, edge_seq = 0, edge_xid = '0', deliveries = 0,
  due_at = '1970-01-01T00:00:00Z';
`)
    .execute(db);
}
