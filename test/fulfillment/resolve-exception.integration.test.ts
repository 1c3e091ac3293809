/** Resolving: an operator decides again, cancels or takes note, once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { resolveException } from '../../src/fulfillment/resolve-exception.ts';
import { watchMilestones } from '../../src/fulfillment/watch-milestones.ts';
import { anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import {
  balances,
  decided,
  openExceptions,
  postWork,
  released,
  shipments,
  theOrder,
  work,
} from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 5 });
});
afterEach(async () => {
  await harness.close();
});

type Resolution = Parameters<typeof resolveException>[1]['resolution'];

async function resolve(resolution: Resolution, exception_id?: string) {
  const open = await harness.owner.selectFrom('exceptions').selectAll().executeTakeFirst();
  const id = exception_id ?? open!.exception_id;
  return await resolveException(harness.engine, {
    ...{ exception_id: id, resolution, by: 'ada', request_id: 'request' },
  });
}
const nowhere = () => anOrder({ destination: { postal_code: '00000', country: 'AQ' } });

describe('resolving exceptions', () => {
  test('decides an unfillable order again, and it may become unfillable again', async () => {
    await decided(harness, nowhere());
    expect(await openExceptions(harness)).toEqual(['unfillable operator']);

    const copies = await Promise.all([resolve('retry'), resolve('retry'), resolve('retry')]);
    const between = await theOrder(harness);
    await decideOrders(harness.engine);

    expect(copies.map((one) => one.status).sort()).toEqual(['applied', 'duplicate', 'duplicate']);
    expect(between).toMatchObject({ state: 'accepted', version: 3, attempts: 0 });
    expect((await theOrder(harness)).state).toBe('unfillable');
    expect(await openExceptions(harness)).toEqual(['unfillable operator']);
  });

  test('cancels the order of an exception', async () => {
    await decided(harness, nowhere());

    const results = [await resolve('cancel'), await resolve('cancel')];

    expect(results.map((one) => one.status)).toEqual(['applied', 'duplicate']);
    expect((await theOrder(harness)).state).toBe('cancelled');
    expect(await openExceptions(harness)).toEqual([]);
  });

  test('takes note of a short pick without touching the order', async () => {
    const [shipment] = await released(harness);
    const lines = [{ line_no: 1, picked: 0 }];
    await postWork(harness, work(harness, shipment!.shipment_id, 'short_picked', { lines }));
    const before = await theOrder(harness);

    await resolve('close');

    expect((await theOrder(harness)).version).toBe(before.version);
    expect(await openExceptions(harness)).toEqual([]);
    expect(await balances(harness)).toMatchObject({ on_hand: 4, reserved: 0 });
  });

  test('ends a shipment that its carrier has nothing more to say of, and with it the order', async () => {
    const [shipment] = await released(harness);
    const { shipment_id, carrier_id } = shipment!;
    await postWork(harness, work(harness, shipment_id, 'handed_over'));
    harness.clock.advance(30 * 86_400);
    await watchMilestones(harness.engine);
    expect(await openExceptions(harness)).toEqual([`late_delivery carrier:${carrier_id}`]);

    const copies = await Promise.all([resolve('declare_lost'), resolve('declare_lost')]);

    expect(copies.map((one) => one.status).sort()).toEqual(['applied', 'duplicate']);
    expect((await shipments(harness))[0]).toMatchObject({ state: 'lost' });
    expect((await theOrder(harness)).state).toBe('failed');
    expect(await openExceptions(harness)).toEqual([]);

    const found = { event_id: 'late', shipment_id, status: 'delivered' } as const;
    const occurred_at = harness.clock.now();
    await recordTrackingEvents(harness.engine, carrier_id, [{ ...found, occurred_at }], 'request');

    expect((await shipments(harness))[0]).toMatchObject({ state: 'lost' });
    expect(await openExceptions(harness)).toEqual([`tracking_conflict carrier:${carrier_id}`]);
  });

  test('loses nothing that is still in the warehouse, has ended or was never sent', async () => {
    const [shipment] = await released(harness);
    const { shipment_id, carrier_id } = shipment!;
    harness.clock.advance(30 * 86_400);
    await watchMilestones(harness.engine);
    await expect(resolve('declare_lost')).rejects.toMatchObject({ code: 'state_conflict' });

    await postWork(harness, work(harness, shipment_id, 'handed_over'));
    const end = { event_id: 'end', shipment_id, status: 'delivered' } as const;
    const occurred_at = harness.clock.now();
    await recordTrackingEvents(harness.engine, carrier_id, [{ ...end, occurred_at }], 'request');
    await expect(resolve('declare_lost')).rejects.toMatchObject({ code: 'state_conflict' });
    expect((await theOrder(harness)).state).toBe('delivered');

    await decided(harness, { ...nowhere(), external_ref: 'nowhere' });
    const unfillable = await harness.owner
      .selectFrom('exceptions')
      .selectAll()
      .where('kind', '=', 'unfillable')
      .executeTakeFirstOrThrow();
    await expect(resolve('declare_lost', unfillable.exception_id)).rejects.toMatchObject({
      code: 'state_conflict',
    });
  });

  test('refuses what is not there, and a retry of what is under way', async () => {
    const [shipment] = await released(harness);
    await postWork(harness, work(harness, shipment!.shipment_id, 'handed_over'));
    const lines = [{ line_no: 1, picked: 0 }];
    await postWork(harness, work(harness, shipment!.shipment_id, 'short_picked', { lines }));

    await expect(resolve('retry')).rejects.toMatchObject({ code: 'state_conflict' });
    await expect(resolve('cancel')).rejects.toMatchObject({ code: 'state_conflict' });
    await expect(resolve('close', '01900000-0000-7000-8000-00000000dead')).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await openExceptions(harness)).toHaveLength(1);
    expect(await shipments(harness)).toHaveLength(1);
  });
});
