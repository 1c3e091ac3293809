/** What an order asks of its own decision; no query filters by it, so it needs no statistics. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['orders', 'quotes']) {
    await sql`alter table ${sql.table(table)} add column rules jsonb`.execute(db);
    await sql`alter table ${sql.table(table)} alter column rules set statistics 0`.execute(db);
  }
}
