/** Waking: orders that wait for stock go first come, first served, as far as the units reach. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { receiveInbound } from '../../src/fulfillment/receive-inbound.ts';
import { wakeOrders } from '../../src/fulfillment/wake-orders.ts';
import { aLine, anOrder, aReceipt } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { query } from '../postgres.ts';
import { until } from '../workers/until.ts';
import { balances, decided, postWork, released, work } from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

const receive = (changes: Parameters<typeof aReceipt>[0]) =>
  receiveInbound(harness.engine, aReceipt(changes));
const states = async () => {
  const rows = await harness.owner
    .selectFrom('orders')
    .select('state')
    .orderBy('accepted_at')
    .orderBy('order_id')
    .execute();
  return rows.map((row) => row.state);
};

describe('waking backorders', () => {
  const wanting = (quantity: number) => anOrder({ lines: [aLine({ quantity })] });

  test('wakes the oldest, and only as many as the units can fill', async () => {
    for (const quantity of [2, 50, 2, 2]) {
      await decided(harness, wanting(quantity));
      harness.clock.advance(1);
    }
    expect(await states()).toEqual(Array(4).fill('backordered'));

    const receipt = await receive({ lines: [{ sku_id: 'mug', quantity: 5 }] });

    expect(receipt.woken_orders).toBe(2);
    expect(await states()).toEqual(['accepted', 'backordered', 'accepted', 'backordered']);
    await decideOrders(harness.engine);
    expect(await states()).toEqual(['decided', 'backordered', 'decided', 'backordered']);
    expect(await balances(harness)).toMatchObject({ on_hand: 5, reserved: 4 });
  });

  test('counts what is free already, and wakes nobody with what is damaged', async () => {
    await harness.stock({ quantity: 2 });
    await decided(harness, wanting(3));

    const broken = await receive({ lines: [{ sku_id: 'mug', quantity: 0, damaged: 5 }] });
    const good = await receive({ lines: [{ sku_id: 'mug', quantity: 1 }] });

    expect([broken.woken_orders, good.woken_orders]).toEqual([0, 1]);
  });

  test('waits until every SKU of an order is there', async () => {
    const order = anOrder({
      lines: [aLine({ quantity: 1 }), aLine({ line_no: 2, sku_id: 'book', quantity: 1 })],
    });
    await decided(harness, order);

    const mugs = await receive({ lines: [{ sku_id: 'mug', quantity: 1 }] });
    const books = await receive({ lines: [{ sku_id: 'book', quantity: 1 }] });

    expect([mugs.woken_orders, books.woken_orders]).toEqual([0, 1]);
    await decideOrders(harness.engine);
    expect(await states()).toEqual(['decided']);
  });

  test('finds by a sweep what a cancellation freed', async () => {
    await harness.stock({ quantity: 1 });
    const [first] = await decided(harness, wanting(1));
    harness.clock.advance(60);
    await decided(harness, wanting(1));
    harness.clock.advance(60);
    expect((await wakeOrders(harness.engine)).done).toBe(0);
    const cancel = { platform_id: null, order_id: first!, reason: 'test', request_id: 'r' };
    await cancelOrder(harness.engine, cancel);

    expect(await wakeOrders(harness.engine)).toMatchObject({ done: 1, more: false });
    await decideOrders(harness.engine);

    expect(await states()).toEqual(['cancelled', 'decided']);
  });

  test('wakes nobody by a sweep for stock that the order may not use', async () => {
    await harness.stock({ quantity: 2 });
    const [shipment] = await released(harness, wanting(2));
    const lines = [{ line_no: 1, picked: 1 }];
    await postWork(harness, work(harness, shipment!.shipment_id, 'short_picked', { lines }));
    await decideOrders(harness.engine);
    await harness.stock({ quantity: 5, lot: 'B' });

    expect(await wakeOrders(harness.engine)).toMatchObject({ done: 0, more: false });

    await harness.stock({ quantity: 5, warehouse_id: 'warsaw' });
    expect((await wakeOrders(harness.engine)).done).toBe(1);
  });

  test('wakes no more orders by a sweep than the units are for', async () => {
    await decided(harness, ...Array.from({ length: 6 }, () => wanting(1)));
    await harness.stock({ quantity: 2 });

    await harness.settle();

    const woken = harness.owner.selectFrom('journal').where('type', '=', 'order.reopened');
    expect(await woken.select('entity_id').execute()).toHaveLength(2);
    expect((await states()).filter((state) => state === 'decided')).toHaveLength(2);
  });

  test('leaves no wait behind of an order that was put to wait anew meanwhile', async () => {
    await decided(harness, wanting(1));
    const held = Promise.withResolvers<void>();
    const anew = Promise.withResolvers<void>();
    const rival = harness.owner.transaction().execute(async (tx) => {
      await tx.selectFrom('orders').select('order_id').forUpdate().execute();
      held.resolve();
      await anew.promise;
      const [wait] = await tx.deleteFrom('backorders').returningAll().execute();
      await tx
        .insertInto('backorders')
        .values({ ...wait!, since: wait!.since.toString() })
        .execute();
    });
    await held.promise;

    const receiving = receive({ lines: [{ sku_id: 'mug', quantity: 1 }] });
    const text = `select 1 from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock'`;
    await until(async () => (await query(harness.url, text)).rows.length > 0);
    anew.resolve();
    await Promise.all([rival, receiving]);

    expect(await harness.owner.selectFrom('backorders').selectAll().execute()).toEqual([]);
  });

  test('never wakes an order twice for the same units, with many receipts at once', async () => {
    await decided(harness, ...Array.from({ length: 12 }, () => wanting(1)));

    const receipts = Array.from({ length: 6 }, () =>
      receive({ lines: [{ sku_id: 'mug', quantity: 1 }] }),
    );
    await Promise.all(receipts);
    while ((await decideOrders(harness.engine)).more);
    await wakeOrders(harness.engine);
    while ((await decideOrders(harness.engine)).more);

    const all = await states();
    expect(all.filter((state) => state === 'decided')).toHaveLength(6);
    expect(all.filter((state) => state === 'backordered')).toHaveLength(6);
  });
});
