/** Prices of contended stock: computed from orders, used by decisions, replayed, and let go when stale. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { refreshPrices } from '../../src/fulfillment/refresh-prices.ts';
import { anOrder } from '../builders/commands.ts';
import { anIsland, ISLAND, NEAR } from '../builders/island.ts';
import { type Harness, startHarness } from '../harness.ts';

const OPERATOR = { role: 'operator', party_id: '*' };

let harness: Harness;
beforeEach(async () => {
  const config = { price_horizon_hours: 2, price_orders_least: 10 };
  harness = await startHarness({ network: anIsland(), config });
});
afterEach(async () => {
  await harness.close();
});

/** Accepts orders together, decides them and says which warehouse sends each. */
async function decideAll(
  destinations: readonly (typeof NEAR)[],
): Promise<{ order_id: string; from: string }[]> {
  const orders = destinations.map((destination) => anOrder({ destination }));
  const ids = (await acceptOrders(harness.engine, orders)).map((result) => {
    if (result.status === 'refused') throw new Error(result.detail);
    return result.order_id;
  });
  while ((await decideOrders(harness.engine)).more);
  const shipments = await harness.owner
    .selectFrom('shipments')
    .select(['order_id', 'warehouse_id'])
    .where('order_id', 'in', ids)
    .execute();
  const senders = new Map(shipments.map((row) => [row.order_id, row.warehouse_id]));
  return ids.map((order_id) => ({ order_id, from: senders.get(order_id) ?? 'nobody' }));
}

const decide = async (destination: typeof NEAR) => (await decideAll([destination]))[0]!;

/** Two hours of orders, half of them to the island, after which `harbour` has `left` units. */
async function history(left: number): Promise<void> {
  await harness.stock(
    { warehouse_id: 'harbour', quantity: 40 + left },
    { warehouse_id: 'inland', quantity: 200 },
  );
  for (let turn = 0; turn < 4; turn += 1) {
    const decided = await decideAll(Array.from({ length: 10 }, (_, i) => (i % 2 ? NEAR : ISLAND)));
    expect(new Set(decided.map(({ from }) => from))).toEqual(new Set(['harbour']));
    harness.clock.advance(1800);
  }
}

const sets = () => harness.owner.selectFrom('price_sets').selectAll().execute();
const batchOf = async (order_id: string) =>
  await harness.owner
    .selectFrom('decision_batches')
    .innerJoin('decisions', 'decisions.batch_id', 'decision_batches.batch_id')
    .select(['decision_batches.price_set_id'])
    .where('order_id', '=', order_id)
    .executeTakeFirstOrThrow();

describe('prices of contended stock', () => {
  test('keep for the island what the near zone can have elsewhere, and are replayed', async () => {
    await history(22);

    expect(await refreshPrices(harness.engine)).toEqual({ done: 1, more: false });

    const [set] = await sets();
    const prices = set!.prices as [string, string, number][];
    expect(prices.map(([warehouse, sku]) => [warehouse, sku])).toEqual([['harbour', 'mug']]);
    expect(prices[0]![2]).toBeGreaterThan(100);
    const near = await decide(NEAR);
    const island = await decide(ISLAND);
    expect([near.from, island.from]).toEqual(['inland', 'harbour']);
    expect(await batchOf(near.order_id)).toEqual({ price_set_id: set!.price_set_id });
    for (const { order_id } of [near, island]) {
      const explained = await explainDecision(harness.engine, OPERATOR, order_id);
      expect(explained).toMatchObject({ replayed: true, price_set_id: set!.price_set_id });
    }
    const result = (await explainDecision(harness.engine, OPERATOR, near.order_id))!.result;
    expect(result).toMatchObject({ proof: { kind: 'bounded', gap: expect.any(Number) } });
  });

  test('let decisions be greedy again once they are stale', async () => {
    await history(22);
    await refreshPrices(harness.engine);
    harness.clock.advance(harness.engine.config.price_stale_seconds);

    const near = await decide(NEAR);

    expect(near.from).toBe('harbour');
    expect(await batchOf(near.order_id)).toEqual({ price_set_id: null });
  });

  test('are none where too little was ordered to know', async () => {
    await harness.stock({ warehouse_id: 'harbour', quantity: 3 });
    await decideAll([NEAR, NEAR]);
    await refreshPrices(harness.engine);
    expect(await sets()).toMatchObject([{ prices: [], demand: [] }]);
  });

  test('are none where there is plenty', async () => {
    await history(4000);
    await refreshPrices(harness.engine);
    expect(await sets()).toMatchObject([{ prices: [], demand: [] }]);
    expect((await decide(NEAR)).from).toBe('harbour');
  });

  test('are computed when due and once, by any number of workers', async () => {
    await history(22);
    const done = await Promise.all([1, 2, 3].map(() => refreshPrices(harness.engine)));
    expect(done.map((outcome) => outcome.done).sort()).toEqual([0, 0, 1]);
    expect(await refreshPrices(harness.engine)).toEqual({ done: 0, more: false });
    harness.clock.advance(harness.engine.config.price_refresh_seconds);
    expect(await refreshPrices(harness.engine)).toEqual({ done: 1, more: false });
    expect(await sets()).toHaveLength(2);
  });

  test('are computed at once when orders come otherwise than they were made for', async () => {
    await history(22);
    await refreshPrices(harness.engine);
    const [set] = await sets();
    // 40 orders in two hours: a minute brings a third of one, and that is no news.
    expect(set!.orders_soon).toBeCloseTo((40 / 120) * 5, 0);
    harness.clock.advance(60);
    expect(await refreshPrices(harness.engine)).toEqual({ done: 0, more: false });
    expect(await sets()).toHaveLength(1);

    await decideAll(Array.from({ length: 12 }, () => NEAR));
    harness.clock.advance(60);
    expect(await refreshPrices(harness.engine)).toEqual({ done: 1, more: false });
    expect(await sets()).toHaveLength(2);
  });

  test('leave decisions alone when they cannot be computed, or are not trusted at all', async () => {
    await history(22);
    // A thread that may take no time at all is ended before it answers.
    const hurried = { ...harness.engine.config, price_timeout_seconds: 0 };
    await refreshPrices({ ...harness.engine, config: hurried });
    harness.clock.advance(harness.engine.config.price_refresh_seconds);
    const greedy = { ...harness.engine.config, price_blend_percent: 0 };
    await refreshPrices({ ...harness.engine, config: greedy });

    expect(await sets()).toEqual([]);
    expect((await decide(NEAR)).from).toBe('harbour');
  });
});
