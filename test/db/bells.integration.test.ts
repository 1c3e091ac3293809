import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOwedBells } from '../../db/bells.ts';
import { learnTransit } from '../../src/fulfillment/learn-transit.ts';
import { decided } from '../fulfillment/placed-orders.ts';
import { type Harness, startHarness } from '../harness.ts';

const SHIPMENTS = 3000;

describe('readOwedBells', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.stock({ quantity: 1 });
    await decided(harness);
    // What is due from the start on is done.
    await learnTransit(harness.engine);
    await multiplyShipments(harness);
  });
  afterAll(async () => {
    await sql`delete from shipments where zone_id = 'copy'`.execute(harness.owner);
    await harness.close();
  });

  it('takes index entries, and never reads a table, whatever its size', async () => {
    const read = await harness.database.engine.transaction().execute(async (tx) => {
      await readOwedBells(tx, { now: harness.clock.now(), is_sweep: false, speed: 1 });
      const scans = await sql<{ relname: string }>`
        select relname from pg_stat_xact_user_tables where seq_scan > 0
          and relname in ('orders', 'shipments', 'assignments', 'quotes')`.execute(tx);
      return scans.rows.map((row) => row.relname);
    });

    expect(read).toEqual([]);
  });

  it('rings for the first shipment that is due, among thousands that are not', async () => {
    const owed = async () =>
      await harness.database.engine
        .transaction()
        .execute((tx) =>
          readOwedBells(tx, { now: harness.clock.now(), is_sweep: false, speed: 1 }),
        );
    const before = await owed();
    await sql`update shipments set next_due_at = ${harness.clock.now().toString()}
      where shipment_id = (select max(shipment_id::text)::uuid from shipments)`.execute(
      harness.owner,
    );

    expect(before).toMatchObject({ tender: false, watch: false });
    expect(await owed()).toMatchObject({ watch: true });
  });
});

/** Copies of the one shipment, not analysed yet: what a busy hour looks like to the planner. */
async function multiplyShipments(harness: Harness): Promise<void> {
  await sql`
    insert into shipments select copy.*
    from shipments s, generate_series(1, ${SHIPMENTS}::integer) n, lateral jsonb_populate_record(s,
      jsonb_build_object('shipment_id', md5(n::text)::uuid, 'zone_id', 'copy')) copy`.execute(
    harness.owner,
  );
}
