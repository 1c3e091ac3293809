/** Prices know of orders that wait: what they hold may go to later orders that need it more. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PriceSet } from '../../db/prices.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { createPolicy } from '../../src/fulfillment/create-policy.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { movePolicy } from '../../src/fulfillment/move-policy.ts';
import { redecideOrders } from '../../src/fulfillment/redecide-orders.ts';
import { refreshPrices } from '../../src/fulfillment/refresh-prices.ts';
import { anOrder, aReference } from '../builders/commands.ts';
import { anIsland, ISLAND, NEAR } from '../builders/island.ts';
import { type Harness, startHarness } from '../harness.ts';
import { openSenders } from './contended-orders.ts';
import { assignments, decided, orderOf } from './placed-orders.ts';

const OPERATOR = { role: 'operator', party_id: '*' };
/** What an order of the near zone saves by coming from the harbour, minor units. */
const NEAR_SAVES = 100;

let harness: Harness;
beforeEach(async () => {
  const config = { price_horizon_hours: 2, price_orders_least: 10 };
  harness = await startHarness({ network: anIsland(), config });
});
afterEach(() => harness.close());

const orders = (count: number, destination: typeof NEAR) =>
  Array.from({ length: count }, () => anOrder({ destination }));
const place = (count: number, destination: typeof NEAR) =>
  decided(harness, ...orders(count, destination));

/** Two hours of 40 orders, of which so many went to the island; offers of them have lapsed. */
async function history(toIsland: number, left: number): Promise<void> {
  await harness.stock(
    { warehouse_id: 'harbour', quantity: 40 + left },
    { warehouse_id: 'inland', quantity: 200 },
  );
  for (let turn = 0; turn < 2; turn += 1) {
    await place(toIsland / 2, ISLAND);
    await place(20 - toIsland / 2, NEAR);
    harness.clock.advance(3600);
  }
}

/** Twenty orders that could go without wait at the harbour, where one unit is free; the island needs one. */
async function crowd(): Promise<{ near: string[] }> {
  await harness.close();
  const config = { price_horizon_hours: 1, price_orders_least: 10 };
  harness = await startHarness({ network: anIsland(), config });
  await history(2, 21);
  return { near: await place(20, NEAR) };
}

/** Makes prices now; `counting` orders that wait, or as if nobody were ever decided again. */
async function priced(counting = true): Promise<PriceSet> {
  const { config } = harness.engine;
  await harness.owner
    .updateTable('redecide_runs')
    .set({ ran_at: `${harness.clock.now()}` })
    .execute();
  return await pricedBy(
    counting ? harness.engine : { ...harness.engine, config: { ...config, redecide_seconds: 0 } },
  );
}

/** Makes prices now, whenever orders were decided again. */
async function pricedBy(engine: Engine): Promise<PriceSet> {
  await harness.owner
    .updateTable('price_refreshes')
    .set({ due_at: harness.clock.now().toString() })
    .execute();
  await harness.owner.deleteFrom('price_sets').execute();
  await refreshPrices(engine);
  return (await harness.owner
    .selectFrom('price_sets')
    .selectAll()
    .executeTakeFirstOrThrow()) as PriceSet;
}

/** Carriers take what is on offer. */
async function acceptLive(): Promise<void> {
  const now = harness.clock.now();
  for (const offer of await assignments(harness)) {
    const { assignment_id, fencing_token, carrier_id, lease_until } = offer;
    if (Temporal.Instant.compare(lease_until, now) <= 0) continue;
    const row = { assignment_id, fencing_token, answer: 'accept' as const };
    await answerAssignments(harness.engine, carrier_id, [row], aReference('r'));
  }
}

/** What a set says, without what it is called. */
const toldBy = ({ prices, course, demand, capacity }: PriceSet) => {
  return { prices, course, demand, capacity };
};
const harbour = ({ prices, course }: PriceSet) => {
  const [, , [, planned, level]] = course.stock.find(([from]) => from === 'harbour') ?? [
    ...['', ''],
    [0, 0, 0, 0],
  ];
  const price = prices.find(([from]) => from === 'harbour')?.[2] ?? 0;
  return { price, planned, level };
};
const sendersOf = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((order_id) => openSenders(harness, order_id)))).flat();
const later = () => harness.clock.advance(harness.engine.config.redecide_seconds);

describe('prices that count orders that wait', () => {
  test('take the last unit back from one that can have it elsewhere; its promise stands', async () => {
    await history(20, 1);
    const [near] = await place(1, NEAR);
    expect(await sendersOf([near!])).toEqual(['harbour']);
    const promised = (await orderOf(harness, near!)).promise_at;

    const set = await priced();
    // Nothing is free there, and of what waits nothing is left to use beyond what is held.
    expect(harbour(set)).toEqual({ price: expect.any(Number), planned: 0, level: 0 });
    expect(harbour(set).price).toBeGreaterThan(10 * NEAR_SAVES);
    expect(await redecideOrders(harness.engine)).toEqual({ done: 1, more: false });

    expect(await sendersOf([near!])).toEqual(['inland']);
    const after = await orderOf(harness, near!);
    expect(after).toMatchObject({ promise_at: promised, decision_no: 2 });
    expect(after.current_promise_at).toEqual(promised);
    const explained = await explainDecision(harness.engine, OPERATOR, near!);
    const { price_set_id } = set;
    expect(explained).toMatchObject({ replayed: true, decision_no: 2, price_set_id });
    expect(await sendersOf(await place(1, ISLAND))).toEqual(['harbour']);
    later();
    expect((await redecideOrders(harness.engine)).done).toBe(0);
  });

  test('leave alone many that would leave room for too few', async () => {
    const { near } = await crowd();
    // All could leave: but one order to the island is expected, and each costs something.
    expect(harbour(await priced()).price).toBeLessThan(1.2 * NEAR_SAVES);
    expect((await redecideOrders(harness.engine)).done).toBe(0);
    expect(new Set(await sendersOf(near))).toEqual(new Set(['harbour']));

    // Asked of what is free alone, they all hear what the next unit would be worth: nobody is moved by that.
    expect(harbour(await priced(false)).price).toBeGreaterThan(3 * NEAR_SAVES);
    later();
    expect((await redecideOrders(harness.engine)).done).toBe(0);
    expect(new Set(await sendersOf(near))).toEqual(new Set(['harbour']));
  });

  test('count none where nobody decides again, and some once somebody does', async () => {
    await history(20, 4);
    await place(3, NEAR);
    const [some, none] = [toldBy(await priced()), toldBy(await priced(false))];
    expect(some).not.toEqual(none);
    const never = harness.owner.updateTable('redecide_runs').set({ ran_at: null });
    await never.execute();
    expect(toldBy(await pricedBy(harness.engine))).toEqual(none);

    // It is ready, and waits for prices that know of those who wait.
    later();
    expect(await redecideOrders(harness.engine)).toEqual({ done: 0, more: false });
    // These are made at the next look, and not only when the last ones are due to be replaced.
    later();
    expect(await refreshPrices(harness.engine)).toEqual({ done: 1, more: false });
    const sets = harness.owner.selectFrom('price_sets').select('counts_waiting');
    const made = await sets.orderBy('computed_at').execute();
    expect(made.map(({ counts_waiting }) => counts_waiting)).toEqual([false, true]);
    expect((await redecideOrders(harness.engine)).done).toBeGreaterThan(0);
  });

  test('count none once deciding again gave way to new orders for long', async () => {
    await history(20, 4);
    await place(3, NEAR);
    await redecideOrders(harness.engine);
    // Nobody decides this order, and its deadline comes near: the machine has no time for others.
    await acceptOrders(harness.engine, [anOrder({ destination: ISLAND })]);
    const { decision_seconds } = anIsland().policy;
    harness.clock.advance(decision_seconds / 2);
    expect((await pricedBy(harness.engine)).counts_waiting).toBe(true);
    for (let minute = 0; minute < 6; minute += 1) {
      later();
      expect((await redecideOrders(harness.engine)).done).toBe(0);
    }
    expect((await pricedBy(harness.engine)).counts_waiting).toBe(false);
  });

  test('count none once deciding again took too long each time', async () => {
    await history(20, 1);
    await place(1, NEAR);
    await priced();
    // A thread that may take no time at all is ended before it answers.
    const config = { ...harness.engine.config, redecide_timeout_seconds: 0 };
    for (let minute = 0; minute < 6; minute += 1) {
      later();
      expect((await redecideOrders({ ...harness.engine, config })).done).toBe(0);
    }
    expect((await pricedBy(harness.engine)).counts_waiting).toBe(false);
  });

  test('leave nobody room in a tight slot: its price is that of one more beside them', async () => {
    await harness.close();
    const config = { price_horizon_hours: 2, price_orders_least: 10 };
    const network = anIsland({ parcels_per_day: 65, time_per_day: 500 });
    harness = await startHarness({ network, config });
    await history(10, 36);
    const near = await place(15, NEAR);
    // Both have a price, and one parcel less would save more than inland costs: but fifteen would not.
    const { prices, capacity } = await priced();
    expect(prices).toEqual([['harbour', 'mug', expect.any(Number)]]);
    expect(capacity[0]?.[2]).toBeGreaterThan(NEAR_SAVES);
    expect((await redecideOrders(harness.engine)).done).toBe(0);
    expect(new Set(await sendersOf(near))).toEqual(new Set(['harbour']));
  });

  test('let one leave when an order has come that needs the unit more', async () => {
    const { near } = await crowd();
    await priced();
    const island = await place(2, ISLAND);
    expect((await sendersOf(island)).sort()).toEqual(['harbour', 'inland']);

    expect((await redecideOrders(harness.engine)).done).toBe(2);

    expect(await sendersOf(island)).toEqual(['harbour', 'harbour']);
    const left = (await sendersOf(near)).filter((from) => from === 'inland');
    expect(left).toHaveLength(1);
  });

  test.each([
    ['a carrier has', acceptLive],
    ['lapsed unanswered', async () => harness.clock.advance(601)],
    [
      'must start too soon',
      () => {
        const { policy, ...network } = anIsland();
        const freeze_seconds = 30 * 86_400;
        return harness.applyNetwork({ ...network, policy: { ...policy, freeze_seconds } });
      },
    ],
  ])('are as they were without those that %s', async (_which, change) => {
    await history(20, 4);
    await place(3, NEAR);
    expect(toldBy(await priced())).not.toEqual(toldBy(await priced(false)));
    await change();
    expect(toldBy(await priced())).toEqual(toldBy(await priced(false)));
  });

  const by = () => ({ by: 'operator:test', request_id: aReference('request') });
  const livePolicy = async (freeze_seconds: number): Promise<string> => {
    const drafted = { name: 'freeze', rules: { freeze_seconds }, ...by() };
    const { policy_id } = await createPolicy(harness.engine, drafted);
    await movePolicy(harness.engine, { policy_id, to: 'shadow', ...by() });
    await movePolicy(harness.engine, { policy_id, to: 'share', share_percent: 50, ...by() });
    await movePolicy(harness.engine, { policy_id, to: 'live', ...by() });
    return policy_id;
  };

  test('are as they were without those that their policy leaves alone', async () => {
    await history(20, 4);
    await livePolicy(30 * 86_400);
    await place(3, NEAR);
    expect(toldBy(await priced())).toEqual(toldBy(await priced(false)));
  });

  test('are as they were without those whose policy was retired', async () => {
    await history(20, 4);
    const policy_id = await livePolicy(60);
    await place(3, NEAR);
    expect(toldBy(await priced())).not.toEqual(toldBy(await priced(false)));
    await movePolicy(harness.engine, { policy_id, to: 'retired', ...by() });
    expect(toldBy(await priced())).toEqual(toldBy(await priced(false)));
  });
});
