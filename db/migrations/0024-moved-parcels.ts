/** Counted parcels may lose their carrier afterwards: the engine sets counted hours right. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`grant update on carrier_hours to portolan_engine`.execute(db);
}
