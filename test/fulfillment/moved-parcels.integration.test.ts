/** Counted hours of carriers' work follow when a parcel is replaced, cancelled, or given to another. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countCarrierHours, listCarrierParcels } from '../../db/carrier-shares.ts';
import { inTransaction } from '../../db/database.ts';
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
});
