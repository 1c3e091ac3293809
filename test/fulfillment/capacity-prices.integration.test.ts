/** Prices of contended capacity: a day's room is kept for those who can leave from nowhere else. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { refreshPrices } from '../../src/fulfillment/refresh-prices.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { anIsland, ISLAND, NEAR } from '../builders/island.ts';
import { type Harness, startHarness } from '../harness.ts';

const OPERATOR = { role: 'operator', party_id: '*' };
/** 40 parcels leave `harbour` before prices are made, and 20 more may: about 20 islanders want them. */
const ROOM = 60;

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({
    network: anIsland({ parcels_per_day: ROOM, time_per_day: 300 }),
    config: { price_horizon_hours: 2 },
  });
  await harness.stock(
    { warehouse_id: 'harbour', quantity: 9000 },
    { warehouse_id: 'inland', quantity: 9000 },
  );
});
afterEach(async () => {
  await harness.close();
});

async function decideAll(orders: readonly ReturnType<typeof anOrder>[]) {
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

const decide = async (destination: typeof NEAR) =>
  (await decideAll([anOrder({ destination })]))[0]!;

/** Two hours of orders, half of them to the island; all leave `harbour` today. */
async function history(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    const destinations = Array.from({ length: 10 }, (_, i) => (i % 2 ? NEAR : ISLAND));
    const decided = await decideAll(destinations.map((destination) => anOrder({ destination })));
    expect(new Set(decided.map(({ from }) => from))).toEqual(new Set(['harbour']));
    harness.clock.advance(1800);
  }
}

const sets = () =>
  harness.owner.selectFrom('price_sets').selectAll().orderBy('computed_at').execute();

describe('prices of contended capacity', () => {
  test('keep a day for the island, and are replayed', async () => {
    await history();
    await refreshPrices(harness.engine);

    const [set] = await sets();
    expect(set!.prices).toEqual([]);
    const day = Date.UTC(2026, 2, 18) / 1000;
    // A near parcel costs 100 more from inland, an islander's a day more: 300.
    expect(set!.capacity).toEqual([['parcels/harbour', day, expect.any(Number)]]);
    const price = (set!.capacity as [string, number, number][])[0]![2];
    expect(price).toBeGreaterThan(100);
    expect(price).toBeLessThanOrEqual(300);
    const near = await decide(NEAR);
    const island = await decide(ISLAND);
    expect([near.from, island.from]).toEqual(['inland', 'harbour']);
    for (const { order_id } of [near, island]) {
      const explained = await explainDecision(harness.engine, OPERATOR, order_id);
      expect(explained).toMatchObject({ replayed: true, price_set_id: set!.price_set_id });
    }
  });

  test('are what quotes go by: what is offered is what would be decided', async () => {
    await history();
    await refreshPrices(harness.engine);
    const [set] = await sets();

    const ask = { platform_id: 'shop', destination: NEAR, lines: [aLine()], request_id: 'ask' };
    const { options } = await quotePromise(harness.engine, ask);
    const best = options.find((option) => option.label === 'best_value')!;
    const order = anOrder({ destination: NEAR, lines: [aLine()], quote_token: best.token });
    const [sold] = await decideAll([order]);
    expect(sold!.from).toBe('inland');
    expect(sold!.from).toBe((await decide(NEAR)).from);

    // Whatever is priced by then, the plan was made at the prices of the quote.
    harness.clock.advance(harness.engine.config.price_stale_seconds);
    const explained = await explainDecision(harness.engine, OPERATOR, sold!.order_id);
    expect(explained).toMatchObject({
      replayed: true,
      from_quote: true,
      price_set_id: set!.price_set_id,
    });
  });

  test('are forgotten once nothing names them, and kept while a decision or quote does', async () => {
    await history();
    const steps = ['unused', 'decided', 'quoted', 'unused'] as const;
    const made = new Map<string, string>();
    const orders: string[] = [];
    for (const [i, step] of steps.entries()) {
      await refreshPrices(harness.engine);
      const { price_set_id } = (await sets()).at(-1)!;
      made.set(price_set_id, step);
      if (step === 'decided') orders.push((await decide(NEAR)).order_id);
      if (step === 'quoted') {
        const ask = { platform_id: 'shop', destination: NEAR, lines: [aLine()], request_id: 'q' };
        const quote_token = (await quotePromise(harness.engine, ask)).options[0]!.token;
        const order = anOrder({ destination: NEAR, lines: [aLine()], quote_token });
        orders.push((await decideAll([order]))[0]!.order_id);
      }
      harness.clock.advance(i === steps.length - 1 ? 7200 : 300);
    }
    await refreshPrices(harness.engine);

    const left = (await sets()).map((set) => made.get(set.price_set_id) ?? 'newest');
    expect(left).toEqual(['decided', 'quoted', 'newest']);
    for (const order_id of orders) {
      expect(await explainDecision(harness.engine, OPERATOR, order_id)).toMatchObject({
        replayed: true,
        price_set_id: expect.any(String),
      });
    }
  });

  test('are none once they are stale: greedy again', async () => {
    await history();
    await refreshPrices(harness.engine);
    harness.clock.advance(harness.engine.config.price_stale_seconds);
    expect((await decide(NEAR)).from).toBe('harbour');
  });

  test('are none where there is room enough, or nobody asks for them', async () => {
    await harness.applyNetwork(anIsland({ parcels_per_day: 900, time_per_day: 300 }));
    await history();
    await refreshPrices(harness.engine);
    harness.clock.advance(harness.engine.config.price_refresh_seconds);
    await harness.applyNetwork(anIsland({ parcels_per_day: ROOM, time_per_day: 300 }));
    const config = { ...harness.engine.config, price_sample_orders: 0 };
    await refreshPrices({ ...harness.engine, config });
    expect(await sets()).toMatchObject([{ capacity: [] }, { capacity: [] }]);
  });
});
