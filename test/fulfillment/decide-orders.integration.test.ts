/** Deciding: never oversells, never loses an order, and can say again what it decided. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { aLine, anOrder, lines } from '../builders/commands.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

const OPERATOR = { role: 'operator', party_id: '*' };
let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

type Order = Parameters<typeof acceptOrders>[1][number];

async function accept(...orders: Order[]): Promise<string[]> {
  const results = await acceptOrders(harness.engine, orders);
  return results.map((result) => {
    if (result.status === 'refused') throw new Error(result.detail);
    return result.order_id;
  });
}

async function decideAll(): Promise<void> {
  while ((await decideOrders(harness.engine)).more);
}

const states = async () => {
  const rows = await harness.owner.selectFrom('orders').select('state').execute();
  return rows.map((row) => row.state).sort();
};
const shipmentsOf = (order_id: string) =>
  harness.owner.selectFrom('shipments').selectAll().where('order_id', '=', order_id).execute();

describe('deciding orders', () => {
  test('gives an order its shipment, offer, milestones and frozen promise in one go', async () => {
    await harness.stock({ quantity: 5 });
    const [order_id] = await accept(anOrder({ lines: [aLine({ quantity: 2 })] }));

    expect(await decideOrders(harness.engine)).toEqual({ done: 1, more: false });

    const [shipment] = await shipmentsOf(order_id!);
    expect(shipment).toMatchObject({ warehouse_id: 'rotterdam', state: 'planned', version: 1 });
    expect(shipment!.milestone_due).toHaveLength(7);
    const order = await harness.owner.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
    expect(order).toMatchObject({ state: 'decided', version: 2, decision_no: 1 });
    expect(order.promise_at!.equals(shipment!.promise_at)).toBe(true);
    const offers = await harness.owner.selectFrom('assignments').selectAll().execute();
    expect(offers).toMatchObject([{ state: 'offered', fencing_token: 1 }]);
    const stock = await harness.owner.selectFrom('stock').selectAll().executeTakeFirstOrThrow();
    expect(stock).toMatchObject({ on_hand: 5, reserved: 2 });
  });

  test('lets the next order of a batch see what the one before it took', async () => {
    await harness.stock({ quantity: 3 });
    await accept(anOrder(), anOrder(), anOrder(), anOrder(), anOrder());

    await decideAll();

    expect(await states()).toEqual(['backordered', 'backordered', 'decided', 'decided', 'decided']);
  });

  test('never sells one unit twice with many workers at once', async () => {
    await harness.stock({ quantity: 7 }, { warehouse_id: 'warsaw', quantity: 4 });
    await accept(...Array.from({ length: 30 }, () => anOrder()));
    const engine = {
      ...harness.engine,
      config: { ...harness.engine.config, decide_batch_orders: 3 },
    };

    const worker = async () => {
      while ((await decideOrders(engine)).more);
    };
    await Promise.all([worker(), worker(), worker(), worker(), worker()]);
    await decideAll();

    const all = await states();
    expect(all.filter((state) => state === 'decided')).toHaveLength(11);
    expect(all.filter((state) => state === 'backordered')).toHaveLength(19);
  });

  test('covers an order from two warehouses where one cannot, and no third', async () => {
    await harness.stock(
      { sku_id: 'mug', quantity: 1 },
      { sku_id: 'book', quantity: 1, warehouse_id: 'warsaw' },
      { sku_id: 'mug', quantity: 1, warehouse_id: 'lisbon' },
    );
    const [order_id] = await accept(anOrder({ lines: lines(['mug', 1], ['book', 1]) }));

    await decideAll();

    expect(await shipmentsOf(order_id!)).toHaveLength(2);
  });

  test('covers a quantity that only several warehouses have together', async () => {
    await harness.stock({ quantity: 3 }, { quantity: 4, warehouse_id: 'warsaw' });
    const [order_id] = await accept(anOrder({ lines: [aLine({ quantity: 6 })] }));

    await decideAll();

    const [line] = await harness.owner.selectFrom('order_lines').selectAll().execute();
    expect(line).toMatchObject({ quantity: 6, allocated: 6 });
    expect(await shipmentsOf(order_id!)).toHaveLength(2);
  });

  test('backorders what nobody has, naming the SKU that is missing', async () => {
    await harness.stock({ sku_id: 'mug', quantity: 1 });
    await accept(anOrder({ lines: lines(['mug', 1], ['lamp', 2]) }));

    await decideAll();

    expect(await states()).toEqual(['backordered']);
    const waiting = await harness.owner.selectFrom('backorders').selectAll().execute();
    expect(waiting).toMatchObject([{ sku_id: 'lamp', quantity: 2 }]);
  });

  test('opens an exception with the reason where no service goes', async () => {
    await harness.stock({ quantity: 1 });
    await accept(anOrder({ destination: { postal_code: '99', country: 'JP' } }));

    await decideAll();

    expect(await states()).toEqual(['unfillable']);
    const open = await harness.owner.selectFrom('exceptions').selectAll().execute();
    expect(open).toMatchObject([{ kind: 'unfillable', reason: 'no_zone', owner: 'operator' }]);
  });

  test('exceeds no daily capacity, whatever the batch', async () => {
    await harness.applyNetwork(
      aNetwork({
        warehouses: aNetwork().warehouses.map((w) => ({ ...w, parcels_per_day: 2 })),
      }),
    );
    await harness.stock({ quantity: 50 });
    await accept(...Array.from({ length: 9 }, () => anOrder()));

    await decideAll();

    const slots = await harness.owner
      .selectFrom('capacity_usage')
      .selectAll()
      .where('resource', '=', 'parcels/rotterdam')
      .execute();
    expect(Math.max(...slots.map((slot) => slot.used))).toBeLessThanOrEqual(2);
    expect(slots.reduce((sum, slot) => sum + slot.used, 0)).toBe(9);
  });

  test('explains every decision of a batch by making it again, bit for bit', async () => {
    await harness.stock(
      { quantity: 4 },
      { quantity: 4, warehouse_id: 'warsaw' },
      { quantity: 3, sku_id: 'book', warehouse_id: 'lisbon' },
    );
    const orders = await accept(
      anOrder({ lines: lines(['mug', 2], ['book', 1]) }),
      anOrder({ lines: [aLine({ quantity: 3 })] }),
      anOrder({ lines: lines(['mug', 3], ['book', 2]) }),
      anOrder({ lines: [aLine({ quantity: 9 })] }),
    );
    await decideAll();
    harness.clock.advance(3600);

    for (const order_id of orders) {
      const explained = await explainDecision(harness.engine, OPERATOR, order_id);
      expect(explained?.replayed, `order ${order_id}`).toBe(true);
    }
    const first = await explainDecision(harness.engine, OPERATOR, orders[0]!);
    expect(first!.alternatives.length).toBeGreaterThan(0);
    const foreign = { role: 'platform', party_id: 'market' };
    expect(await explainDecision(harness.engine, foreign, orders[0]!)).toBeNull();
  });

  test('uses the lot that expires first, if enough of its life is left at the door', async () => {
    await harness.stock(
      { sku_id: 'cheese', quantity: 2, lot: 'old', expires_on: '2026-03-21' },
      { sku_id: 'cheese', quantity: 2, lot: 'mid', expires_on: '2026-04-10' },
      { sku_id: 'cheese', quantity: 2, lot: 'new', expires_on: '2026-06-01' },
    );
    await accept(anOrder({ lines: [aLine({ sku_id: 'cheese', quantity: 3 })] }));

    await decideAll();

    const rows = await harness.owner
      .selectFrom('stock')
      .select(['lot', 'reserved'])
      .orderBy('lot')
      .execute();
    expect(rows).toEqual([
      { lot: 'mid', reserved: 2 },
      { lot: 'new', reserved: 1 },
      { lot: 'old', reserved: 0 },
    ]);
  });

  test('says so when a decision comes after its deadline, and still makes it', async () => {
    await harness.stock({ quantity: 1 });
    await accept(anOrder());
    harness.clock.advance(60);

    await decideAll();

    const decision = await harness.owner.selectFrom('decisions').selectAll().executeTakeFirst();
    expect(decision).toMatchObject({ outcome: 'sourced', late: true });
  });
});
