/** Warehouse events: units leave once, in any order of reports; what is not found is sold to nobody. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { aLine, anOrder, lines } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import {
  balances,
  decided,
  openExceptions,
  postWork,
  released,
  shipments,
  story,
  theOrder,
  theShipment,
  work,
} from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 20 }, { sku_id: 'book', quantity: 20 });
});
afterEach(async () => {
  await harness.close();
});

const threeMugs = () => anOrder({ lines: [aLine({ quantity: 3 })] });

describe('the way out of the warehouse', () => {
  test('takes units off the shelf when picked and off the books when handed over', async () => {
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;

    await postWork(harness, work(harness, id, 'picked'));
    const picked = await balances(harness);
    await postWork(harness, work(harness, id, 'packed'));
    await postWork(harness, work(harness, id, 'handed_over'));

    expect(picked).toMatchObject({ on_hand: 20, reserved: 3, picked: 3 });
    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0, picked: 0 });
    expect((await theOrder(harness)).state).toBe('shipped');
    expect((await theShipment(harness)).milestone_state.slice(0, 4)).toEqual(Array(4).fill('met'));
    expect((await story(harness, id)).slice(2)).toEqual([
      'shipment.picked',
      'shipment.packed',
      'shipment.handed_over',
    ]);
  });

  test('takes a hand-over for a pick and a pack that nobody reported', async () => {
    const [shipment] = await released(harness, threeMugs());

    const results = await postWork(harness, work(harness, shipment!.shipment_id, 'handed_over'));

    expect(results).toMatchObject([{ status: 'applied', state: 'handed_over' }]);
    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0, picked: 0 });
  });

  test('ends alike in every order of reports, in one request or in three', async () => {
    const kinds = ['picked', 'packed', 'handed_over'] as const;
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ];
    const all = await released(harness, ...orders.flatMap(() => [threeMugs()]));
    for (const [i, order] of orders.entries()) {
      const { shipment_id } = all[i]!;
      const events = order.map((k) => {
        const occurred_at = harness.clock.now().add({ seconds: k * 60 });
        return work(harness, shipment_id, kinds[k]!, { occurred_at });
      });
      if (i % 2 === 0) await postWork(harness, ...events);
      else for (const event of events) await postWork(harness, event);
    }

    const ends = (await shipments(harness)).map((s) => JSON.stringify([s.state, s.milestone_met]));
    expect(new Set(ends).size).toBe(1);
    expect(await balances(harness)).toMatchObject({ on_hand: 8, reserved: 0 });
  });

  test('counts k copies of an event once, also when they come at once', async () => {
    const [shipment] = await released(harness, threeMugs());
    const event = work(harness, shipment!.shipment_id, 'handed_over');

    const copies = Array.from({ length: 6 }, () => postWork(harness, event, event));
    const results = (await Promise.all(copies)).flat();

    expect(results.filter((r) => r.status === 'applied')).toHaveLength(1);
    expect(results.filter((r) => r.status === 'duplicate')).toHaveLength(11);
    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0 });
  });

  test('answers each row in its place: unknown, not released, conflicting, from the future', async () => {
    const [mine] = await released(harness, threeMugs());
    await decided(harness, threeMugs());
    const planned = (await shipments(harness)).find((s) => s.state === 'planned')!;
    const good = work(harness, mine!.shipment_id, 'picked');
    await postWork(harness, good);
    const tomorrow = harness.clock.now().add({ hours: 25 });
    const twoDaysAgo = harness.clock.now().subtract({ hours: 48 });

    const results = await postWork(
      harness,
      { ...good, kind: 'packed' },
      work(harness, '01900000-0000-7000-8000-00000000dead', 'picked'),
      work(harness, planned.shipment_id, 'picked'),
      work(harness, mine!.shipment_id, 'packed', { occurred_at: tomorrow }),
      work(harness, mine!.shipment_id, 'packed', { occurred_at: twoDaysAgo }),
      work(harness, mine!.shipment_id, 'short_picked'),
      work(harness, mine!.shipment_id, 'short_picked', { lines: [{ line_no: 1, picked: 4 }] }),
      work(harness, mine!.shipment_id, 'packed'),
    );

    expect(results.map((r) => (r.status === 'refused' ? r.code : r.status))).toEqual([
      'event_conflict',
      'not_found',
      'state_conflict',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'applied',
    ]);
  });

  test('hides the shipments of another warehouse', async () => {
    const [shipment] = await released(harness, threeMugs());

    const results = await recordWarehouseEvents(
      harness.engine,
      'warsaw',
      [work(harness, shipment!.shipment_id, 'picked')],
      'request',
    );

    expect(results).toMatchObject([{ status: 'refused', code: 'not_found' }]);
  });
});

describe('short picks', () => {
  const short = (id: string, picked: number, line_no = 1) =>
    work(harness, id, 'short_picked', { lines: [{ line_no, picked }] });

  test('writes the missing units off, ships the rest and decides again elsewhere', async () => {
    await harness.stock({ warehouse_id: 'warsaw', quantity: 9 });
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;

    const results = await postWork(harness, short(id, 1));

    expect(results).toMatchObject([{ status: 'applied', state: 'picked' }]);
    expect(await balances(harness)).toMatchObject({ on_hand: 18, reserved: 1, picked: 1 });
    expect(await theOrder(harness)).toMatchObject({
      state: 'accepted',
      excluded_warehouses: [],
      excluded_stock: [{ warehouse_id: 'rotterdam', sku_id: 'mug' }],
    });
    expect(await openExceptions(harness)).toEqual(['short_pick warehouse:rotterdam']);
    await decideOrders(harness.engine);
    const again = (await shipments(harness)).find((s) => s.shipment_id !== id);
    expect(again).toMatchObject({ warehouse_id: 'warsaw', decision_no: 2 });
    await postWork(harness, work(harness, id, 'handed_over'));
    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0 });
    expect((await theOrder(harness)).state).toBe('decided');
  });

  test('cancels a shipment of which nothing was found', async () => {
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;

    await postWork(harness, short(id, 0));
    await decideOrders(harness.engine);

    expect(await theShipment(harness)).toMatchObject({ state: 'cancelled', next_due_at: null });
    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0, picked: 0 });
    expect((await theOrder(harness)).state).toBe('backordered');
  });

  test('keeps the other lines of the shipment', async () => {
    const [shipment] = await released(harness, anOrder({ lines: lines(['mug', 2], ['book', 2]) }));

    await postWork(harness, short(shipment!.shipment_id, 0, 1));

    expect((await theShipment(harness)).state).toBe('picked');
    expect(await balances(harness)).toMatchObject({ on_hand: 18, reserved: 0 });
    expect(await balances(harness, 'book')).toMatchObject({ on_hand: 20, reserved: 2, picked: 2 });
  });

  test('counts the same units missing once, however often it is said', async () => {
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;

    await Promise.all([postWork(harness, short(id, 1)), postWork(harness, short(id, 1))]);
    await postWork(harness, short(id, 2));

    expect(await balances(harness)).toMatchObject({ on_hand: 18, reserved: 1 });
    const events = await harness.owner.selectFrom('warehouse_events').select('outcome').execute();
    expect(events.map((e) => e.outcome).sort()).toEqual(['applied', 'ignored', 'ignored']);
    expect(await openExceptions(harness)).toEqual(['short_pick warehouse:rotterdam']);
  });

  test('takes a short pick found at the packing table after a pick in full', async () => {
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;
    await postWork(harness, work(harness, id, 'picked'));

    await postWork(harness, short(id, 2));

    expect(await balances(harness)).toMatchObject({ on_hand: 19, reserved: 2, picked: 2 });
  });

  test('leaves a short pick that comes after the hand-over to people', async () => {
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;
    await postWork(harness, work(harness, id, 'handed_over'));

    await postWork(harness, short(id, 1));

    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0 });
    expect(await openExceptions(harness)).toEqual(['short_pick warehouse:rotterdam']);
  });
});
