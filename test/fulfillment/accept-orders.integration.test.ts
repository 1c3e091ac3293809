/** Accepting: one effect per reference, whatever is repeated, mixed or raced. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { aLine, anOrder, lines } from '../builders/commands.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(async () => {
  await harness.close();
});

async function countOrders(external_ref: string): Promise<number> {
  const rows = await harness.owner
    .selectFrom('orders')
    .select('order_id')
    .where('external_ref', '=', external_ref)
    .execute();
  return rows.length;
}

function secondsBetween({ accepted_at, decide_by }: { accepted_at: string; decide_by: string }) {
  return Temporal.Instant.from(decide_by).since(accepted_at).total('seconds');
}

describe('accepting orders', () => {
  test('acknowledges a new order with its deadline and journals it once', async () => {
    const [result] = await acceptOrders(harness.engine, [anOrder()]);

    expect(result).toMatchObject({ status: 'applied', state: 'accepted' });
    if (result?.status !== 'applied') throw new Error('not applied');
    expect(secondsBetween(result)).toBe(15);
    const events = await harness.owner
      .selectFrom('journal')
      .select(['type', 'version'])
      .where('entity_id', '=', result.order_id)
      .execute();
    expect(events).toEqual([{ type: 'order.accepted', version: 1 }]);
  });

  test("takes the platform's own time to decide", async () => {
    const [result] = await acceptOrders(harness.engine, [anOrder({ platform_id: 'market' })]);

    if (result?.status !== 'applied') throw new Error('not applied');
    expect(secondsBetween(result)).toBe(30);
  });

  test('makes one order of k copies in flight at once, with equal answers', async () => {
    const order = anOrder({ lines: lines(['mug', 2], ['book', 1]) });

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => acceptOrders(harness.engine, [order])),
    );

    const rows = answers.flat();
    expect(rows.filter((row) => row.status === 'applied')).toHaveLength(1);
    expect(rows.filter((row) => row.status === 'duplicate')).toHaveLength(11);
    expect(new Set(rows.map((row) => JSON.stringify({ ...row, status: '' }))).size).toBe(1);
    expect(await countOrders(order.external_ref)).toBe(1);
  });

  test('makes one order of two copies in one batch', async () => {
    const order = anOrder();

    const results = await acceptOrders(harness.engine, [order, anOrder(), order]);

    expect(results.map((result) => result.status)).toEqual(['applied', 'applied', 'duplicate']);
    expect(await countOrders(order.external_ref)).toBe(1);
  });

  test('refuses the same reference with another body and keeps the first', async () => {
    const order = anOrder();
    await acceptOrders(harness.engine, [order]);

    const [result] = await acceptOrders(harness.engine, [
      { ...order, lines: [aLine({ quantity: 2 })] },
    ]);

    expect(result).toMatchObject({ status: 'refused', code: 'order_conflict' });
    expect(await countOrders(order.external_ref)).toBe(1);
  });

  test('keeps the references of two platforms apart', async () => {
    const order = anOrder();

    const results = await acceptOrders(harness.engine, [
      order,
      { ...order, platform_id: 'market' },
    ]);

    expect(results.map((result) => result.status)).toEqual(['applied', 'applied']);
  });

  test('reports each bad row by its place and stores the good ones', async () => {
    const good = anOrder();
    const unknown = anOrder({ lines: [aLine({ sku_id: 'unicorn' })] });
    const twice = anOrder({ lines: [aLine(), aLine()] });

    const results = await acceptOrders(harness.engine, [unknown, good, twice]);

    expect(results.map((result) => result.status)).toEqual(['refused', 'applied', 'refused']);
    expect(results[0]).toMatchObject({
      code: 'unknown_reference',
      faults: [{ pointer: '/lines/0/sku_id', detail: expect.stringContaining('"unicorn"') }],
    });
    expect(results[2]).toMatchObject({ faults: [{ pointer: '/lines/1/line_no' }] });
    expect(await countOrders(good.external_ref)).toBe(1);
    expect(await countOrders(unknown.external_ref)).toBe(0);
  });

  test('numbers the orders of a batch in the order they were given, whatever their names', async () => {
    const names = ['zebra', 'apple', 'mango'];

    const results = await acceptOrders(
      harness.engine,
      names.map((external_ref) => anOrder({ external_ref })),
    );

    const ids = results.map((result) => (result.status === 'applied' ? result.order_id : ''));
    expect([...ids].sort()).toEqual(ids);
  });

  test('tells new orders to come again when too many wait, and still knows the old ones', async () => {
    const known = anOrder();
    await acceptOrders(harness.engine, [known]);
    const engine = {
      ...harness.engine,
      config: { ...harness.engine.config, backlog_orders_max: 1 },
    };

    const results = await acceptOrders(engine, [anOrder(), known]);

    expect(results[0]).toMatchObject({ status: 'refused', code: 'overloaded' });
    expect(results[1]).toMatchObject({ status: 'duplicate' });
  });

  test('takes no more than a few when the first that waits has used an eighth of its time', async () => {
    const engine = {
      ...harness.engine,
      config: { ...harness.engine.config, backlog_orders_free: 1 },
    };
    await acceptOrders(engine, [anOrder()]);
    harness.clock.advance(2);

    const [result] = await acceptOrders(engine, [anOrder()]);

    expect(result).toMatchObject({ status: 'refused', code: 'overloaded' });
  });

  test('takes as many as are decided in a quarter of the deadline once the first is pressed', async () => {
    const pressed = await startHarness();
    await pressed.stock({ quantity: 100 });
    const config = { ...pressed.engine.config, decide_batch_orders: 10 };
    const engine = { ...pressed.engine, config };
    await acceptOrders(
      engine,
      Array.from({ length: 11 }, () => anOrder()),
    );
    pressed.clock.advance(1.9);
    // Ten decided in two seconds, 15 s each: 18.75 in a quarter of that. One waits.
    await decideOrders(engine);

    const answers = await acceptOrders(
      engine,
      Array.from({ length: 30 }, () => anOrder()),
    );

    expect(answers.filter(({ status }) => status === 'applied')).toHaveLength(18);
    const refused = answers.filter(({ status }) => status === 'refused');
    expect(refused).toHaveLength(12);
    expect(refused[0]).toMatchObject({ code: 'overloaded' });
    await pressed.close();
  });

  test('sees each platform pressed by its own deadline', async () => {
    const two = await startHarness();
    const config = { ...two.engine.config, backlog_orders_free: 1 };
    const engine = { ...two.engine, config };
    const answer = async () => (await acceptOrders(engine, [anOrder()]))[0]?.status;
    await acceptOrders(engine, [anOrder({ platform_id: 'market' })]);

    // An eighth of the 30 s of `market` is 3.75 s; of the 15 s of `shop` less than half of that.
    two.clock.advance(3.7);
    expect(await answer()).toBe('applied');
    two.clock.advance(0.1);
    expect(await answer()).toBe('refused');
    await two.close();
  });

  test('is not pressed by an order whose deadline is short from the beginning', async () => {
    const platforms = [{ id: 'shop' }, { id: 'market', decision_seconds: 2 }];
    const two = await startHarness({ network: aNetwork({ platforms }) });
    const config = { ...two.engine.config, backlog_orders_free: 1 };
    const engine = { ...two.engine, config };
    await acceptOrders(engine, [anOrder({ platform_id: 'market' })]);

    const [result] = await acceptOrders(engine, [anOrder()]);

    expect(result).toMatchObject({ status: 'applied' });
    await two.close();
  });

  test('survives batches that hold the same references in opposite orders', async () => {
    const orders = Array.from({ length: 40 }, () => anOrder());

    const answers = await Promise.all([
      acceptOrders(harness.engine, orders),
      acceptOrders(harness.engine, [...orders].reverse()),
      acceptOrders(harness.engine, orders),
    ]);

    const rows = answers.flat();
    expect(rows.filter((row) => row.status === 'applied')).toHaveLength(40);
    expect(rows.filter((row) => row.status === 'duplicate')).toHaveLength(80);
  });
});
