/** Tracking: any order, twice, late: one final state, and an end is an end. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrackingStatus } from '../../src/domain/commands.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { anOrder, lines } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import {
  balances,
  openExceptions,
  postReports,
  postWork,
  released,
  report,
  shipments,
  story,
  theOrder,
  theShipment,
  work,
} from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 60 });
});
afterEach(async () => {
  await harness.close();
});

describe('following a parcel', () => {
  test('goes with the reports, and delivers the order with its last parcel', async () => {
    const [shipment] = await released(harness);
    const id = shipment!.shipment_id;
    await postWork(harness, work(harness, id, 'handed_over'));
    for (const status of ['picked_up', 'in_transit', 'out_for_delivery', 'delivered'] as const) {
      harness.clock.advance(3600);
      await postReports(harness, report(harness, id, status));
    }

    const after = await theShipment(harness);
    expect(after).toMatchObject({ state: 'delivered', tracking_status: 'delivered' });
    expect(after.delivered_at!.equals(harness.clock.now())).toBe(true);
    expect(after.milestone_state.at(-1)).toBe('met');
    expect((await theOrder(harness)).state).toBe('delivered');
    expect((await story(harness, id)).slice(2)).toEqual([
      'shipment.handed_over',
      'shipment.tracked',
      'shipment.in_transit',
      'shipment.out_for_delivery',
      'shipment.delivered',
    ]);
  });

  test('takes units off the books when the warehouse forgot to hand over', async () => {
    const [shipment] = await released(harness);

    const results = await postReports(harness, report(harness, shipment!.shipment_id, 'picked_up'));

    expect(results).toMatchObject([{ status: 'applied', state: 'handed_over' }]);
    expect(await balances(harness)).toMatchObject({ on_hand: 59, reserved: 0 });
    expect((await theOrder(harness)).state).toBe('shipped');
    await postWork(harness, work(harness, shipment!.shipment_id, 'handed_over'));
    expect(await balances(harness)).toMatchObject({ on_hand: 59, reserved: 0 });
  });

  test('ends alike for every order of the same reports', async () => {
    const told: [TrackingStatus, number][] = [
      ['picked_up', 1],
      ['in_transit', 2],
      ['delivery_delayed', 3],
      ['out_for_delivery', 20],
      ['delivery_failed', 21],
      ['delivered', 23],
    ];
    const orders = permutations(
      told.map((_, i) => i),
      12,
    );
    const all = await released(harness, ...orders.map(() => anOrder()));
    const start = harness.clock.now();
    for (const [i, order] of orders.entries()) {
      const { shipment_id } = all[i]!;
      for (const k of order) {
        const [status, hours] = told[k]!;
        const occurred_at = start.add({ hours });
        const event = report(harness, shipment_id, status, { occurred_at });
        await postReports(harness, event);
        await postReports(harness, event);
      }
    }

    const ends = (await shipments(harness)).map((s) =>
      JSON.stringify([
        ...[s.state, s.delivered_at, s.tracking_rank, s.tracking_status, s.tracking_at],
        ...[s.milestone_met, s.milestone_state, s.next_due_at],
      ]),
    );
    expect(ends).toHaveLength(12);
    expect(new Set(ends).size).toBe(1);
    const kept = await harness.owner.selectFrom('tracking_events').select('event_id').execute();
    expect(kept).toHaveLength(12 * told.length);
  });

  test('delivers an order of two parcels with the second of them', async () => {
    await harness.stock({ sku_id: 'book', warehouse_id: 'warsaw', quantity: 5 });
    const [a, b] = await released(harness, anOrder({ lines: lines(['mug', 1], ['book', 1]) }));

    await postReports(harness, report(harness, a!.shipment_id, 'delivered'));
    const between = (await theOrder(harness)).state;
    await postReports(harness, report(harness, b!.shipment_id, 'delivered'));

    expect(between).toBe('decided');
    const order = await theOrder(harness);
    expect(order.state).toBe('delivered');
    expect((await story(harness, order.order_id)).slice(2)).toEqual([
      'order.shipped',
      'order.delivered',
    ]);
  });

  test('fails the order when its last parcel is lost or returned, and names an owner', async () => {
    await released(harness, anOrder(), anOrder());
    const [a, b] = await shipments(harness);

    await postReports(harness, report(harness, a!.shipment_id, 'lost'));
    await postReports(
      harness,
      report(harness, b!.shipment_id, 'delivery_failed'),
      report(harness, b!.shipment_id, 'return_to_sender'),
    );
    const returning = (await shipments(harness, b!.order_id))[0]!.state;
    await postReports(harness, report(harness, b!.shipment_id, 'returned'));

    expect(returning).toBe('out_for_delivery');
    const orders = await harness.owner.selectFrom('orders').select('state').execute();
    expect(orders.map((o) => o.state)).toEqual(['failed', 'failed']);
    expect(await openExceptions(harness)).toEqual(['lost operator', 'returned operator']);
  });

  test('stays at its end; another end is kept and put before the carrier', async () => {
    const [shipment] = await released(harness);
    const id = shipment!.shipment_id;
    await postReports(harness, report(harness, id, 'delivered'));
    const { version } = await theShipment(harness);

    const results = await postReports(
      harness,
      report(harness, id, 'lost'),
      report(harness, id, 'in_transit', { occurred_at: harness.clock.now().add({ hours: 1 }) }),
    );

    expect(results).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(await theShipment(harness)).toMatchObject({ state: 'delivered', version });
    expect(await openExceptions(harness)).toEqual([
      `tracking_conflict carrier:${shipment!.carrier_id}`,
    ]);
    const kept = await harness.owner.selectFrom('tracking_events').select('event_id').execute();
    expect(kept).toHaveLength(3);
  });

  test('counts k copies of a report once, also when they come at once', async () => {
    const [shipment] = await released(harness);
    const event = report(harness, shipment!.shipment_id, 'picked_up');

    const copies = Array.from({ length: 6 }, () => postReports(harness, event));
    const results = (await Promise.all(copies)).flat();

    expect(results.filter((r) => r.status === 'applied')).toHaveLength(1);
    expect(await balances(harness)).toMatchObject({ on_hand: 59, reserved: 0 });
  });

  test('refuses other carriers, other bodies, the far future and times before the shipment', async () => {
    const [shipment] = await released(harness);
    const id = shipment!.shipment_id;
    const good = report(harness, id, 'in_transit');
    await postReports(harness, good);
    const far = harness.clock.now().add({ hours: 24, seconds: 1 });
    const before = harness.clock.now().subtract({ hours: 24, seconds: 1 });

    const own = await postReports(
      harness,
      { ...good, status: 'delivered' },
      report(harness, id, 'delivered', { occurred_at: far }),
      report(harness, id, 'delivered', { occurred_at: before }),
      good,
    );
    const other = shipment!.carrier_id === 'frost' ? 'swift' : 'frost';
    const others = await recordTrackingEvents(harness.engine, other, [good], 'request');

    expect(own.map((r) => (r.status === 'refused' ? r.code : r.status))).toEqual([
      'event_conflict',
      'invalid_request',
      'invalid_request',
      'duplicate',
    ]);
    expect(others).toMatchObject([{ status: 'refused', code: 'not_found' }]);
    expect((await theShipment(harness)).state).toBe('in_transit');
  });

  test('refuses reports about a shipment that was cancelled', async () => {
    const [shipment] = await released(harness);
    const { order_id, shipment_id, carrier_id } = shipment!;
    const cancel = { platform_id: null, order_id, reason: 'test', request_id: 'r' };
    await cancelOrder(harness.engine, cancel);

    const event = report(harness, shipment_id, 'picked_up');
    const results = await recordTrackingEvents(harness.engine, carrier_id, [event], 'request');
    await postWork(harness, work(harness, shipment_id, 'handed_over'));

    expect(results).toMatchObject([{ status: 'refused', code: 'not_found' }]);
    expect(await openExceptions(harness)).toEqual(['left_after_cancel warehouse:rotterdam']);
    expect(await balances(harness)).toMatchObject({ on_hand: 59, reserved: 0 });
  });
});

/** `count` different orders of the items, spread evenly over all of them. */
function permutations(items: readonly number[], count: number): number[][] {
  const all: number[][] = [];
  const grow = (taken: number[], left: readonly number[]) => {
    if (left.length === 0) all.push(taken);
    for (const item of left)
      grow(
        [...taken, item],
        left.filter((other) => other !== item),
      );
  };
  grow([], items);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}
