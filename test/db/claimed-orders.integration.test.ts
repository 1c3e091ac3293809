/** Claiming orders: each with its lines as they are when it is claimed, whoever changed it just before. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../db/database.ts';
import { claimOrdersToDecide } from '../../db/orders.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { until } from '../workers/until.ts';

/** The advisory lock at which the engine's reads of orders wait. */
const GATE = 42;

describe('claiming orders', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  // Lines are changed here without what belongs to them: nothing for the auditor.
  afterEach(async () => {
    await harness.close({ audit: false });
  });

  const lockedOut = async () => {
    const found = await sql`select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`.execute(
      harness.owner,
    );
    return found.rows.length > 0;
  };

  test('shows the units that became free while the order was being claimed', async () => {
    await acceptOrders(harness.engine, [anOrder({ lines: [aLine({ quantity: 2 })] })]);
    await sql`update order_lines set allocated = 1`.execute(harness.owner);
    // The claim has its snapshot and has not locked the order yet when it waits at the gate.
    await sql`create function at_gate() returns boolean language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(${sql.lit(GATE)}); return true; end $$`.execute(
      harness.owner,
    );
    await sql`create policy gate on orders as restrictive for select to portolan_engine
      using (at_gate())`.execute(harness.owner);

    const claiming = Promise.withResolvers<Awaited<ReturnType<typeof claimOrdersToDecide>>>();
    await harness.owner.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(GATE)})`.execute(tx);
      inTransaction(harness.database, (own) => claimOrdersToDecide(own, 10)).then(
        claiming.resolve,
        claiming.reject,
      );
      await until(lockedOut);
      // What a short pick does: the order is up for a decision still, with one unit more.
      await sql`update order_lines set allocated = 0`.execute(tx);
      await sql`update orders set version = version + 1`.execute(tx);
    });

    const claimed = await claiming.promise;
    expect(claimed).toMatchObject([{ version: 2, lines: [{ quantity: 2 }] }]);
  });
});
