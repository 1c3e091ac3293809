/** Prices of contended stock: computed from orders, used by decisions, replayed, and let go when stale. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredCourses } from '../../db/prices.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { createPriceSource } from '../../src/fulfillment/price-source.ts';
import { refreshPrices } from '../../src/fulfillment/refresh-prices.ts';
import { anOrder, lines } from '../builders/commands.ts';
import { anIsland, ISLAND, NEAR } from '../builders/island.ts';
import { type Harness, START, startHarness } from '../harness.ts';

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
  engine: Engine = harness.engine,
): Promise<{ order_id: string; from: string }[]> {
  const orders = destinations.map((destination) => anOrder({ destination }));
  const ids = (await acceptOrders(engine, orders)).map((result) => {
    if (result.status === 'refused') throw new Error(result.detail);
    return result.order_id;
  });
  while ((await decideOrders(engine)).more);
  const shipments = await harness.owner
    .selectFrom('shipments')
    .select(['order_id', 'warehouse_id'])
    .where('order_id', 'in', ids)
    .execute();
  const senders = new Map(shipments.map((row) => [row.order_id, row.warehouse_id]));
  return ids.map((order_id) => ({ order_id, from: senders.get(order_id) ?? 'nobody' }));
}

const decide = async (destination: typeof NEAR, engine: Engine = harness.engine) =>
  (await decideAll([destination], engine))[0]!;

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
const newest = async () => {
  const all = await sets();
  return all.reduce((a, b) => (b.computed_at.toString() > a.computed_at.toString() ? b : a));
};
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

  test('are computed by the workers’ own queue, when they are due', async () => {
    await history(22);
    await harness.settle();
    expect(await sets()).toHaveLength(1);
  });

  test('let decisions be greedy again once they are stale', async () => {
    await history(22);
    await refreshPrices(harness.engine);
    harness.clock.advance(harness.engine.config.price_stale_seconds);

    const near = await decide(NEAR);

    expect(near.from).toBe('harbour');
    expect(await batchOf(near.order_id)).toEqual({ price_set_id: null });
  });

  test('are none once they are stale, also where the database was asked a moment ago', async () => {
    await history(22);
    await refreshPrices(harness.engine);
    const source = createPriceSource(harness.engine, 3_600_000);
    expect(await source.current()).not.toBeNull();
    harness.clock.advance(harness.engine.config.price_stale_seconds);
    expect(await source.current()).toBeNull();
  });

  test('are none at once where they are not trusted at all, also those made before', async () => {
    await history(22);
    await refreshPrices(harness.engine);
    const config = { ...harness.engine.config, price_blend_percent: 0 };
    const prices = createPriceSource({ ...harness.engine, config }, 0);
    expect((await decide(NEAR)).from).toBe('inland');

    const greedy = await decide(NEAR, { ...harness.engine, config, prices });

    expect(greedy.from).toBe('harbour');
    expect(await batchOf(greedy.order_id)).toEqual({ price_set_id: null });
  });

  test('count as far as they are trusted', async () => {
    await history(22);
    const trusted = async (price_blend_percent: number) => {
      const config = { ...harness.engine.config, price_blend_percent };
      harness.clock.advance(harness.engine.config.price_refresh_seconds);
      await refreshPrices({ ...harness.engine, config });
      const all = await sets();
      const [set] = all.sort((a, b) =>
        a.computed_at.toString() < b.computed_at.toString() ? 1 : -1,
      );
      return (set!.prices as [string, string, number][])[0]![2];
    };

    const [whole, part] = [await trusted(100), await trusted(40)];

    // Futures are drawn anew: nearly the same price, of which less counts.
    expect(part / whole).toBeGreaterThan(0.35);
    expect(part / whole).toBeLessThan(0.45);
  });

  test('expect orders in the hours of the week in which they came', async () => {
    await history(4000);
    // A week after its first order, which was on a Wednesday at nine: at three in the morning, and at nine.
    const nine = Temporal.Instant.from(START).add({ hours: 168 });
    const soon = async (at: Temporal.Instant) => {
      harness.clock.set(at);
      await refreshPrices(harness.engine);
      const all = await sets();
      return all.find((set) => set.computed_at.equals(at))!.orders_soon;
    };

    const quiet = await soon(nine.subtract({ hours: 6 }));
    const busy = await soon(nine);

    expect(quiet).toBeGreaterThan(0);
    expect(busy / quiet).toBeGreaterThan(3);
  });

  test('are none where too little was ordered to know', async () => {
    await harness.stock({ warehouse_id: 'harbour', quantity: 3 });
    await decideAll([NEAR, NEAR]);
    await refreshPrices(harness.engine);
    expect(await sets()).toMatchObject([{ prices: [], demand: [] }]);
  });

  test('are made whatever anybody orders: of units not even their sum has a bound', async () => {
    await history(22);
    // A million in each of a hundred lines, and none of them is there: together more than 2³¹.
    const million = Array.from({ length: 100 }, () => ['mug', 1_000_000] as const);
    const large = () => anOrder({ destination: NEAR, lines: lines(...million) });
    const results = await acceptOrders(harness.engine, Array.from({ length: 22 }, large));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['applied']));
    harness.clock.advance(1);
    expect(await refreshPrices(harness.engine)).toEqual({ done: 1, more: false });
    expect(await sets()).toHaveLength(1);
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

  test('move by what has changed while they are means over the same futures, an hour', async () => {
    await history(22);
    const { config } = harness.engine;
    /** Largest part by which the price moves from one computation to the next, nothing having come. */
    const largestMove = async (price_futures_seconds: number) => {
      const engine = { ...harness.engine, config: { ...config, price_futures_seconds } };
      const prices: number[] = [];
      for (let time = 0; time < 3; time += 1) {
        await refreshPrices(engine);
        harness.clock.advance(config.price_refresh_seconds);
        prices.push(((await newest()).prices as [string, string, number][])[0]![2]);
      }
      return Math.max(...prices.slice(1).map((price, i) => Math.abs(price / prices[i]! - 1)));
    };
    expect(await largestMove(config.price_futures_seconds)).toBeLessThan(0.05);
    expect(await largestMove(1)).toBeGreaterThan(0.1);
    const seeds = (await sets()).map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(1 + 3);
  });

  describe('that cannot be solved anew', () => {
    /** The one resource on the course of a set. */
    const courseOf = (set: { course: unknown }) => {
      const { stock, capacity } = set.course as StoredCourses;
      expect([stock.length, capacity.length]).toEqual([2, 0]);
      const [, , [price, planned, level, cap]] = stock.find(([from]) => from === 'harbour')!;
      return { price, planned, level, cap };
    };
    /** A thread that may take no time at all is ended before it answers. */
    const hurried = (): Engine => {
      const config = { ...harness.engine.config, price_timeout_seconds: 0 };
      return { ...harness.engine, config };
    };
    test.each([
      ['fewer', 0],
      ['more', 6],
    ])('follow what was used: %s than planned', async (what, orders) => {
      await history(22);
      await refreshPrices(harness.engine);
      const solved = await newest();
      const before = courseOf(solved);
      if (orders > 0) await decideAll(Array.from({ length: orders }, () => ISLAND));
      harness.clock.advance(harness.engine.config.price_refresh_seconds);

      expect(await refreshPrices(hurried())).toEqual({ done: 1, more: false });

      const followed = await newest();
      const { price_set_id, stale_at } = solved;
      expect(followed).toMatchObject({ follows: price_set_id, stale_at });
      const after = courseOf(followed);
      expect(after.level).toBe(before.level - orders);
      // Five minutes of two hours: about a twentieth of the plan was due, by the shape of the week.
      const due = before.planned - after.planned;
      expect(due).toBeGreaterThan(before.planned / 48);
      expect(due).toBeLessThan(before.planned / 12);
      const moved = 0.001 * before.price * (orders - due);
      expect(after.price).toBeCloseTo(Math.min(before.cap, before.price + moved), 6);
      expect(Math.sign(after.price - before.price)).toBe(what === 'more' ? 1 : -1);
      expect(followed.prices).toEqual([['harbour', 'mug', after.price]]);
    });

    test('follow no units that would perish before they arrive, which were no supply either', async () => {
      await history(22);
      const old = { lot: 'old', expires_on: '2026-03-19' };
      await harness.stock({ warehouse_id: 'harbour', quantity: 500, ...old });
      await refreshPrices(harness.engine);
      const before = courseOf(await newest());
      expect(before.price).toBeGreaterThan(100);
      harness.clock.advance(harness.engine.config.price_refresh_seconds);

      await refreshPrices(hurried());

      const after = courseOf(await newest());
      expect(after.level).toBe(before.level);
      expect(Math.abs(after.price / before.price - 1)).toBeLessThan(0.01);
    });

    test('are replayed, grow stale with what they follow, and give way to solved ones', async () => {
      await history(22);
      await refreshPrices(harness.engine);
      const solved = await newest();
      harness.clock.advance(harness.engine.config.price_refresh_seconds);
      await refreshPrices(hurried());
      const followed = await newest();

      const { order_id, from } = await decide(NEAR);
      expect(from).toBe('inland');
      const explained = await explainDecision(harness.engine, OPERATOR, order_id);
      const { price_set_id } = followed;
      expect(explained).toMatchObject({ replayed: true, price_set_id });

      // It is still due: who looks next tries again.
      harness.clock.advance(harness.engine.config.price_look_seconds);
      await refreshPrices(hurried());
      expect(await newest()).toMatchObject({ follows: price_set_id, stale_at: solved.stale_at });
      harness.clock.set(solved.stale_at);
      expect((await decide(NEAR)).from).toBe('harbour');
      await refreshPrices(harness.engine);
      expect(await newest()).toMatchObject({ follows: null });
    });
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
