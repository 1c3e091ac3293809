/** A short pick bars the SKU that was not found, not its whole warehouse. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table orders add column excluded_stock jsonb not null default '[]';
alter table orders alter column excluded_stock set statistics 0;
`)
    .execute(db);
}
