/** Price sets that no decision and no quote names are forgotten; these indexes tell which are named. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create index decision_batches_by_prices on decision_batches (price_set_id)
  where price_set_id is not null;
create index quote_views_by_prices on quote_views (price_set_id) where price_set_id is not null;
grant delete on price_sets to portolan_engine;
`)
    .execute(db);
}
