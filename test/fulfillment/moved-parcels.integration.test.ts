/** Counted hours of carriers' work follow when a parcel is replaced, cancelled, or given to another. */

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  countCarrierHours,
  listCarrierParcels,
  moveCountedParcels,
} from '../../db/carrier-shares.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import type { Network } from '../../src/domain/network.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { redecideOrders } from '../../src/fulfillment/redecide-orders.ts';
import { tenderShipments } from '../../src/fulfillment/tender-shipments.ts';
import { anOrder, aReference, lines } from '../builders/commands.ts';
import { aService } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import { contendedNetwork, splitOrder } from './contended-orders.ts';
import { answerAll, decided, shipments } from './placed-orders.ts';

let harness: Harness;
/** In the evening: whatever is decided until morning is collected at noon. */
const START = Temporal.Instant.from('2026-03-18T17:00:00Z');
beforeEach(async () => {
  harness = await startHarness({ network: patientNetwork(), start: START.toString() });
});
afterEach(() => harness.close());

/** Two carriers, and offers that stay open for long. */
function patientNetwork(): Network {
  const network = contendedNetwork({ lease_seconds: 20_000 });
  const [service] = network.services;
  const other = aService({ ...service!, id: 'slow-standard', carrier_id: 'slow' });
  return { ...network, carriers: [{ id: 'swift' }, { id: 'slow' }], services: [service!, other] };
}

describe('parcels that were counted as a carrier’s work', () => {
  const counted = () => inTransaction(harness.database, (tx) => listCarrierParcels(tx, START));

  /** What is counted must be what is open, whatever the hours that were counted before. */
  async function expectOpenCounted(parcels: Record<string, number>): Promise<void> {
    const open = (await shipments(harness)).filter(({ state }) => state !== 'cancelled');
    const byCarrier = Map.groupBy(open, (one) => one.carrier_id);
    expect(Object.fromEntries([...byCarrier].map(([id, own]) => [id, own.length]))).toEqual(
      parcels,
    );
    const rows = Object.entries(parcels).map(([carrier_id, count]) => ({
      carrier_id,
      zone_id: 'nl',
      parcels: count,
    }));
    expect(await counted()).toEqual(rows.sort((a, b) => (a.carrier_id < b.carrier_id ? -1 : 1)));
  }

  async function countHours(): Promise<void> {
    harness.clock.advance(7200);
    const until = START.add({ hours: 1 });
    await inTransaction(harness.database, (tx) => countCarrierHours(tx, START, until));
    const hours = await harness.owner.selectFrom('carrier_hours').selectAll().execute();
    expect(hours).not.toEqual([]);
  }

  test('are not, once another decision has replaced them', async () => {
    await splitOrder(harness);
    await countHours();
    await expectOpenCounted({ slow: 2 });

    expect((await redecideOrders(harness.engine)).done).toBe(1);

    await expectOpenCounted({ slow: 1 });
  });

  test('are not, once the order is cancelled', async () => {
    const order_id = await splitOrder(harness);
    await decided(harness, anOrder({ lines: lines(['book', 1]) }));
    await countHours();
    await expectOpenCounted({ slow: 3 });

    const reason = 'changed their mind';
    const request_id = aReference('request');
    await cancelOrder(harness.engine, { order_id, platform_id: 'shop', reason, request_id });

    await expectOpenCounted({ slow: 1 });
  });

  test('are the next carrier’s, once theirs has said no', async () => {
    await splitOrder(harness);
    await countHours();
    await answerAll(harness, 'reject');

    await tenderShipments(harness.engine);

    await expectOpenCounted({ swift: 2 });
  });

  /** A transaction that has done `work` and is held open until it is let go. */
  function held(work: (tx: Tx) => Promise<void>) {
    const done = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const ended = inTransaction(harness.database, async (tx) => {
      await work(tx);
      done.resolve();
      await go.promise;
    });
    ended.catch(done.reject);
    return { done: done.promise, go: go.resolve, ended };
  }

  /** Resolves when a connection waits for an advisory lock, or `other` has ended without. */
  async function waitsOrEnds(other: Promise<unknown>): Promise<void> {
    let hasEnded = false;
    const note = () => {
      hasEnded = true;
    };
    other.then(note, note);
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_locks
      where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`;
    while (!hasEnded && (await waiting.execute(harness.owner)).rows[0]!.count === 0);
  }

  const countOver = (tx: Tx) => countCarrierHours(tx, START, START.add({ hours: 1 }));

  test.each([
    ['gave it to another', { swift: 2 }],
    ['cancelled it', {}],
  ] as const)('are set right by who %s while they were being counted', async (what, kept) => {
    const order_id = await splitOrder(harness);
    harness.clock.advance(7200);
    if (what === 'gave it to another') await answerAll(harness, 'reject');
    const counting = held(countOver);
    await counting.done;

    const cancel = { order_id, platform_id: 'shop', reason: 'late', request_id: 'request' };
    const moving: Promise<unknown> =
      what === 'gave it to another'
        ? tenderShipments(harness.engine)
        : cancelOrder(harness.engine, cancel);
    await waitsOrEnds(moving);
    counting.go();
    await Promise.all([counting.ended, moving]);

    await expectOpenCounted(kept);
  });

  test('are counted as they are when who moves them has finished', async () => {
    await splitOrder(harness);
    harness.clock.advance(7200);
    const planned_at = START;
    const give = (from: string, to: string) => async (tx: Tx) => {
      await sql`update shipments set carrier_id = ${to}`.execute(tx);
      const parcel = { zone_id: 'nl', planned_at };
      const moved = [
        { ...parcel, carrier_id: from, parcels: -1 as const },
        { ...parcel, carrier_id: to, parcels: 1 as const },
      ];
      await moveCountedParcels(tx, [...moved, ...moved], harness.clock.now());
    };
    const moving = held(give('slow', 'swift'));
    await moving.done;

    const counting = inTransaction(harness.database, countOver);
    await waitsOrEnds(counting);
    moving.go();
    await Promise.all([moving.ended, counting]);

    await expectOpenCounted({ swift: 2 });
    await inTransaction(harness.database, give('swift', 'slow'));
    await expectOpenCounted({ slow: 2 });
  });
});
