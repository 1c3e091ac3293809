/**
 * Every line is changed once soon after it came, when its order is decided. With room for that on its
 * page the change stays there and touches no index.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table order_lines set (fillfactor = 50)`.execute(db);
}
