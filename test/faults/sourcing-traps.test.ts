/**
 * Mistakes that other engines made in choosing where units come from: what went wrong there, and that
 * it does not here.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcceptOrder } from '../../src/domain/commands.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { aLine, anOrder, lines } from '../builders/commands.ts';
import { aNetwork, aWarehouse } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import { query } from '../postgres.ts';
import { until } from '../workers/until.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

async function accept(changes: Partial<AcceptOrder> = {}): Promise<string> {
  const [result] = await acceptOrders(harness.engine, [anOrder(changes)]);
  if (result?.status !== 'applied') throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return result.order_id;
}

const orderOf = (order_id: string) =>
  harness.owner
    .selectFrom('orders')
    .selectAll()
    .where('order_id', '=', order_id)
    .executeTakeFirstOrThrow();
const shipmentsOf = (order_id: string) =>
  harness.owner.selectFrom('shipments').selectAll().where('order_id', '=', order_id).execute();
const takenFor = (order_id: string) =>
  harness.owner
    .selectFrom('reservations')
    .innerJoin('stock', 'stock.stock_id', 'reservations.stock_id')
    .select(['warehouse_id', 'sku_id', 'quantity', 'state'])
    .where('order_id', '=', order_id)
    .execute();

describe('choosing where units come from', () => {
  it('does not take the first location of a list, stocked or not (location_ids[0])', async () => {
    await harness.stock({ quantity: 1, warehouse_id: 'warsaw' });

    const order_id = await accept();
    await harness.settle();

    expect(await takenFor(order_id)).toMatchObject([{ warehouse_id: 'warsaw', quantity: 1 }]);
  });

  it('takes from the next location only what is still missing, not all it has', async () => {
    await harness.stock({ quantity: 3 }, { quantity: 10, warehouse_id: 'lisbon' });

    const order_id = await accept({ lines: [aLine({ quantity: 12 })] });
    await harness.settle();

    const taken = await takenFor(order_id);
    expect(taken.reduce((sum, row) => sum + row.quantity, 0)).toBe(12);
    expect(taken).toHaveLength(2);
  });

  it('covers one line from two locations where neither has enough', async () => {
    await harness.stock({ quantity: 3 }, { quantity: 4, warehouse_id: 'warsaw' });

    const order_id = await accept({ lines: [aLine({ quantity: 7 })] });
    await harness.settle();

    expect((await orderOf(order_id)).state).toBe('decided');
  });

  it('checks the lines of an order together: two lines of one SKU share its stock', async () => {
    await harness.stock({ quantity: 5 });

    const order_id = await accept({ lines: lines(['mug', 3], ['mug', 3]) });
    await harness.settle();

    expect((await orderOf(order_id)).state).toBe('backordered');
    expect(await takenFor(order_id)).toEqual([]);
  });

  it('checks the orders of a batch together: each sees what the one before took', async () => {
    await harness.stock({ quantity: 5 });
    const orders = [3, 3].map((quantity) => anOrder({ lines: [aLine({ quantity })] }));
    await acceptOrders(harness.engine, orders);

    await harness.settle();

    const states = await harness.owner.selectFrom('orders').select('state').execute();
    expect(states.map((row) => row.state).sort()).toEqual(['backordered', 'decided']);
  });

  it('waits for stock that another transaction holds instead of not seeing it', async () => {
    await harness.stock({ quantity: 1 });
    const order_id = await accept();
    let release = () => {};
    const held = Promise.withResolvers<void>();
    const holder = harness.owner.transaction().execute(async (tx) => {
      await tx.selectFrom('stock').select('stock_id').forUpdate().execute();
      held.resolve();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
    await held.promise;

    const deciding = decideOrders(harness.engine);
    const early = await Promise.race([deciding, isWaitingForLock().then(() => 'waits')]);
    release();
    await Promise.all([holder, deciding]);

    expect(early).toBe('waits');
    expect((await orderOf(order_id)).state).toBe('decided');
  });

  it('keeps units that a quote holds for its own order, though others lose theirs', async () => {
    await harness.stock({ quantity: 4 });
    const basket = { lines: [aLine({ quantity: 2 })] };
    const { options } = await quotePromise(harness.engine, { ...anOrder(), ...basket });
    const first = await accept();
    const second = await accept();
    const quoted = await accept({ ...basket, quote_token: options[0]!.token });
    // One of two free units leaves between the view that the batch is decided from and its lock: the
    // batch is made again. The other leaves in the same way then: its order must wait its turn.
    const early = takeOneUnit();
    await early.taken;
    const deciding = decideOrders(harness.engine);
    await isWaitingForLock();
    const late = takeOneUnit();
    await isWaitingForLock(2);
    await early.leave();
    await late.taken;
    await isWaitingForLock();
    await late.leave();
    await deciding;

    expect((await orderOf(quoted)).state).toBe('decided');
    expect(await orderOf(first)).toMatchObject({ state: 'accepted', attempts: 1 });
    expect((await orderOf(second)).state).toBe('backordered');
  });

  it('weighs cost: the cheapest whole plan wins, not the first rule without a tie', async () => {
    const near = aWarehouse({ id: 'rotterdam', handling_per_parcel: 5000 });
    const far = aWarehouse({ id: 'utrecht', position: [5.12, 52.09], handling_per_parcel: 0 });
    await harness.applyNetwork(aNetwork({ warehouses: [near, far] }));
    await harness.stock({ quantity: 5 }, { quantity: 5, warehouse_id: 'utrecht' });

    const order_id = await accept();
    await harness.settle();

    expect(await shipmentsOf(order_id)).toMatchObject([{ warehouse_id: 'utrecht' }]);
  });

  /** A transaction that takes a unit off the shelf, and holds the lock on it until it leaves. */
  function takeOneUnit() {
    const taken = Promise.withResolvers<void>();
    const leaving = Promise.withResolvers<void>();
    const taker = harness.owner.transaction().execute(async (tx) => {
      const row = await tx
        .updateTable('stock')
        .set((eb) => ({ on_hand: eb('on_hand', '-', 1) }))
        .returning('stock_id')
        .executeTakeFirstOrThrow();
      const at = harness.clock.now().toString();
      const entry = { stock_id: row.stock_id, kind: 'adjust', on_hand: -1, at };
      await tx.insertInto('stock_ledger').values(entry).execute();
      taken.resolve();
      await leaving.promise;
    });
    const leave = async () => {
      leaving.resolve();
      await taker;
    };
    return { taken: taken.promise, leave };
  }

  /** Resolves once this many sessions of this database wait for a lock. */
  async function isWaitingForLock(count = 1): Promise<void> {
    const text = `select 1 from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock'`;
    await until(async () => (await query(harness.url, text)).rows.length === count);
  }
});
