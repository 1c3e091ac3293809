/** Policies: drafted, tried beside what decides, given a share, made live; each decision by one of them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src/domain/network.ts';
import { choosePolicy, type PolicyRules, type PolicyState } from '../../src/domain/policy.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { createPolicy } from '../../src/fulfillment/create-policy.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { movePolicy } from '../../src/fulfillment/move-policy.ts';
import { createPolicySource } from '../../src/fulfillment/policy-source.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { shadowOrders } from '../../src/fulfillment/shadow-orders.ts';
import { anOrder, aReference, lines } from '../builders/commands.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import { decided } from './placed-orders.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const OPERATOR = { role: 'operator', party_id: '*' };
/** Pays for speed: orders that went by the standard service go by a dearer one. */
const HURRY: PolicyRules = { time_per_day: 5000 };

let harness: Harness;
const NETWORK = ((network: Network): Network => ({
  ...network,
  services: network.services.map((service) => {
    return { ...service, carbon_grams_per_tonne_km: service.id === 'frost-chilled' ? 600 : 100 };
  }),
}))(aNetwork());

beforeAll(async () => {
  harness = await startHarness({ network: NETWORK, config: { shadow_orders: 40 } });
  // Lisbon alone has mugs: the standard service takes two days from there, a dearer one takes one.
  await harness.stock({ warehouse_id: 'lisbon', quantity: 5000 });
});
afterEach(async () => {
  const open = await harness.owner
    .selectFrom('policies')
    .select('policy_id')
    .where('state', '<>', 'retired')
    .execute();
  for (const { policy_id } of open) await move(policy_id, 'retired');
});
afterAll(async () => {
  await harness.close();
});

let names = 0;
const create = async (rules: PolicyRules, platform_id?: string, name = `policy-${++names}`) =>
  await createPolicy(harness.engine, {
    name,
    rules,
    by: 'operator:test',
    request_id: aReference('request'),
    ...(platform_id === undefined ? {} : { platform_id }),
  });
const move = async (policy_id: string, to: PolicyState, share_percent?: number) =>
  await movePolicy(harness.engine, {
    policy_id,
    to,
    by: 'operator:test',
    request_id: aReference('request'),
    ...(share_percent === undefined ? {} : { share_percent }),
  });
/** A policy brought live through its whole life. */
async function live(rules: PolicyRules, platform_id?: string, name?: string): Promise<string> {
  const { policy_id } = await create(rules, platform_id, name);
  await move(policy_id, 'shadow');
  await move(policy_id, 'share', 50);
  await move(policy_id, 'live');
  return policy_id;
}
const explained = async (order_id: string) =>
  (await explainDecision(harness.engine, OPERATOR, order_id))!;
async function serviceOf(order_id: string): Promise<string> {
  const { result } = await explained(order_id);
  return result.outcome === 'sourced' ? result.parcels[0]!.service_id : result.reason;
}
const trials = async (policy_id: string) =>
  await harness.owner
    .selectFrom('policy_trials')
    .selectAll()
    .where('policy_id', '=', policy_id)
    .execute();
const next = () => harness.clock.advance(1);

describe('a policy', () => {
  test('is a version of its name, and decides nothing as a draft or in shadow', async () => {
    const first = await create(HURRY, undefined, 'hurry');
    const second = await create({ split_limit: 1 }, undefined, 'hurry');
    expect([first.version, second.version, first.state]).toEqual([1, 2, 'draft']);
    await move(first.policy_id, 'shadow');

    const [order_id] = await decided(harness);

    expect(await explained(order_id!)).toMatchObject({ policy_id: null, replayed: true });
    expect(await serviceOf(order_id!)).toBe('swift-standard');
  });

  test('that is live decides, is named by what it decided, and is replayed', async () => {
    const [before] = await decided(harness);
    const policy_id = await live(HURRY);

    const [after] = await decided(harness);
    await move(policy_id, 'retired');
    const [later] = await decided(harness);

    expect(await explained(before!)).toMatchObject({ policy_id: null, replayed: true });
    expect(await explained(after!)).toMatchObject({ policy_id, replayed: true });
    expect(await explained(later!)).toMatchObject({ policy_id: null, replayed: true });
    const services = [await serviceOf(before!), await serviceOf(after!), await serviceOf(later!)];
    expect(services).toEqual(['swift-standard', 'frost-chilled', 'swift-standard']);
  });

  test('with a share decides the orders that fall to it, also among others in one batch', async () => {
    const { policy_id } = await create({ ...HURRY, confidence: 0.97 });
    await move(policy_id, 'shadow');
    const share = await move(policy_id, 'share', 40);

    const ids = await decided(harness, ...Array.from({ length: 40 }, () => anOrder()));

    const by = new Map<string, string | null>();
    for (const id of ids) {
      const { replayed, ...decision } = await explained(id);
      expect(replayed).toBe(true);
      expect(await serviceOf(id)).toBe(
        decision.policy_id === null ? 'swift-standard' : 'frost-chilled',
      );
      by.set(id, decision.policy_id);
    }
    for (const id of ids) {
      expect(by.get(id)).toBe(choosePolicy([share], 'shop', id)?.policy_id ?? null);
    }
    expect(new Set(by.values()).size).toBe(2);
    const { promise_confidence } = await harness.owner
      .selectFrom('orders')
      .select('promise_confidence')
      .where('order_id', '=', ids.find((id) => by.get(id) !== null)!)
      .executeTakeFirstOrThrow();
    expect(promise_confidence).toBe(0.97);
  });

  test('of a platform stands before the one for all', async () => {
    const all = await live({ split_limit: 2 }, undefined, 'all');
    const shop = await live(HURRY, 'shop', 'shop');
    const [own] = await decided(harness);
    const [other] = await decided(harness, anOrder({ platform_id: 'market' }));
    expect((await explained(own!)).policy_id).toBe(shop);
    expect((await explained(other!)).policy_id).toBe(all);
  });

  test('going live retires the one that was, and two at once leave one', async () => {
    const first = await live(HURRY);
    const second = await create({ time_per_day: 10 });
    const others = [await create({ split_limit: 1 }, 'shop'), second];
    for (const { policy_id } of others) {
      await move(policy_id, 'shadow');
      await move(policy_id, 'share', 10);
    }
    // The same scope twice at once: one follows the other, and the state table holds for both.
    const moves = await Promise.allSettled([
      move(second.policy_id, 'live'),
      move(second.policy_id, 'live'),
      move(first, 'retired'),
    ]);

    expect(moves.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    const rows = await harness.owner
      .selectFrom('policies')
      .select(['policy_id', 'state'])
      .execute();
    const stateOf = new Map(rows.map((row) => [row.policy_id, row.state]));
    expect(stateOf.get(first)).toBe('retired');
    expect(stateOf.get(second.policy_id)).toBe('live');
    expect(stateOf.get(others[0]!.policy_id)).toBe('share');
    await expect(
      harness.owner
        .updateTable('policies')
        .set({ state: 'live' })
        .where('policy_id', '=', first)
        .execute(),
    ).rejects.toThrow('policies_in_force');
  });

  test('keeps its place: another may not move to it, and illegal moves are refused', async () => {
    const first = await create(HURRY);
    const second = await create({ split_limit: 1 });
    await move(first.policy_id, 'shadow');
    const refused = async (action: Promise<unknown>, code: string) =>
      await expect(action).rejects.toMatchObject({ code });
    await refused(move(second.policy_id, 'shadow'), 'policy_conflict');
    await refused(move(second.policy_id, 'live'), 'state_conflict');
    await refused(move(first.policy_id, 'share'), 'invalid_request');
    await refused(move(second.policy_id, 'retired', 5), 'invalid_request');
    await refused(move(NOBODY, 'shadow'), 'not_found');
    await refused(create({ confidence: 0.9 }, 'nobody'), 'unknown_reference');
    await refused(create({ apart: [['toys', 'hazardous']] }), 'invalid_policy');
    const again = await move(first.policy_id, 'shadow');
    expect(again.moves).toBe(2);
  });

  test('that does not fit the network any more gives way to the network’s own', async () => {
    const policy_id = await live({ ...HURRY, confidence: 0.99 });
    const network = NETWORK;
    const transit_times = network.transit_times.map((time) => {
      return { ...time, quantiles: time.quantiles.slice(0, -1) };
    });
    await harness.applyNetwork({ ...network, transit_times });

    const [order_id] = await decided(harness);

    expect(await explained(order_id!)).toMatchObject({ policy_id: null, replayed: true });
    await harness.applyNetwork(network);
    const [later] = await decided(harness);
    expect(await explained(later!)).toMatchObject({ policy_id, replayed: true });
  });

  test('makes quotes too, and the order that takes one over names it', async () => {
    const policy_id = await live(HURRY);
    const { external_ref: _, request_id, ...basket } = anOrder();
    const quoted = await quotePromise(harness.engine, { ...basket, request_id });
    await move(policy_id, 'retired');
    const { token, promise_at } = quoted.options.find(({ label }) => label === 'best_value')!;

    const [order_id] = await decided(harness, anOrder({ quote_token: token }));

    const { result, ...decision } = await explained(order_id!);
    expect(decision).toMatchObject({ policy_id, from_quote: true, replayed: true });
    expect(result).toMatchObject({ promise_seconds: promise_at.epochMilliseconds / 1000 });
  });

  test('is taken over by other processes by themselves, within a second', async () => {
    const other = createPolicySource(harness.engine);
    await other.current();
    const policy_id = await live(HURRY);
    // It asks again when it no longer believes what it knows: half a second.
    expect(harness.engine.config.network_poll_ms).toBeLessThanOrEqual(500);
    while (!(await other.current()).some((policy) => policy.policy_id === policy_id)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
});

describe('a policy in shadow', () => {
  test('is tried beside what decides, changes nothing, and tells the difference', async () => {
    const { policy_id } = await create(HURRY);
    await decided(harness);
    await move(policy_id, 'shadow');
    const destination = { postal_code: '1011AB', country: 'NL', position: [4.9, 52.37] as const };
    const orders = Array.from({ length: 12 }, (_, i) =>
      anOrder({
        destination: { ...destination, position: [4.9, 52.37] },
        lines: lines(['mug', 1 + (i % 6)]),
      }),
    );
    const ids = await decided(harness, ...orders);
    const before = await harness.owner.selectFrom('shipments').selectAll().execute();

    expect(await shadowOrders(harness.engine)).toEqual({ done: 12, more: false });

    const rows = await trials(policy_id);
    expect(new Set(rows.map((row) => row.order_id))).toEqual(new Set(ids));
    for (const row of rows) {
      expect(row).toMatchObject({ policy_id, against: null, live_sourced: true, sourced: true });
      expect(row.cost!).toBeGreaterThan(row.live_cost!);
      expect(row.on_time!).toBeGreaterThan(row.live_on_time!);
      expect(row.live_on_time!).toBeCloseTo(0.9, 3);
      expect(Temporal.Instant.compare(row.promise_at!, row.live_promise_at!)).toBe(-1);
      expect(row.carbon_grams! / row.live_carbon_grams!).toBeCloseTo(6, 6);
    }
    expect(await harness.owner.selectFrom('shipments').selectAll().execute()).toEqual(before);
  });

  test('finds no less than the live one where it is the same, to the cent', async () => {
    const { policy_id } = await create({ split_limit: 3 });
    await move(policy_id, 'shadow');
    await harness.stock({ warehouse_id: 'rotterdam', quantity: 6 });
    // In one batch, the first orders take what the later ones do not find.
    await decided(harness, ...Array.from({ length: 12 }, () => anOrder()));
    await shadowOrders(harness.engine);
    const rows = await trials(policy_id);
    expect(rows).toHaveLength(12);
    for (const row of rows) {
      expect([row.cost, row.promise_at, row.on_time]).toEqual([
        row.live_cost,
        row.live_promise_at,
        row.live_on_time,
      ]);
    }
    expect(new Set(rows.map((row) => row.live_promise_at!.toString())).size).toBe(2);
  });

  test('is tried once, whoever does it and whenever it was killed', async () => {
    const { policy_id } = await create(HURRY);
    await move(policy_id, 'shadow');
    await decided(harness, ...Array.from({ length: 5 }, () => anOrder()));
    // Killed after the timer was moved on: the work is still there at the next turn.
    await harness.owner
      .updateTable('policy_shadows')
      .set({ due_at: harness.clock.now().add({ seconds: 1 }).toString() })
      .execute();
    expect(await shadowOrders(harness.engine)).toEqual({ done: 0, more: false });
    next();

    const outcomes = await Promise.all([1, 2, 3].map(() => shadowOrders(harness.engine)));

    expect(outcomes.map(({ done }) => done).sort()).toEqual([0, 0, 5]);
    next();
    await shadowOrders(harness.engine);
    expect(await trials(policy_id)).toHaveLength(5);
  });

  test('is tried on a sample of what it cannot keep up with, and stops when enough is known', async () => {
    const { policy_id } = await create(HURRY);
    await move(policy_id, 'shadow');
    await decided(harness, ...Array.from({ length: 150 }, () => anOrder()));

    const { done } = await shadowOrders(harness.engine);

    expect(done).toBeGreaterThan(20);
    expect(done).toBeLessThanOrEqual(harness.engine.config.shadow_orders);
    const few = { ...harness.engine, config: { ...harness.engine.config, shadow_trials_max: 1 } };
    await decided(harness);
    next();
    await shadowOrders(few);
    next();
    await decided(harness);
    expect((await shadowOrders(harness.engine)).done).toBe(0);
  });

  test('is compared with the live policy of its scope alone', async () => {
    const all = await live({ split_limit: 2 }, undefined, 'all');
    await live(HURRY, 'shop', 'shop');
    const { policy_id } = await create({ time_per_day: 0 }, undefined, 'calm');
    await move(policy_id, 'shadow');
    await decided(harness);
    const [other] = await decided(harness, anOrder({ platform_id: 'market' }));

    await shadowOrders(harness.engine);

    expect(await trials(policy_id)).toMatchObject([{ order_id: other, against: all, policy_id }]);
  });

  test('is looked after by the workers’ own queue, and costs nothing where there is none', async () => {
    await decided(harness);
    await harness.settle();
    const { policy_id } = await create(HURRY);
    await move(policy_id, 'shadow');
    await acceptOrders(harness.engine, [anOrder()]);
    while ((await decideOrders(harness.engine)).more);
    await harness.settle();
    expect(await trials(policy_id)).toHaveLength(1);
  });
});
