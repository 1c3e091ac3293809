/** Policies over HTTP: an operator drafts, tries, moves and reads what it would change. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { shadowOrders } from '../../src/fulfillment/shadow-orders.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

let api: Api;
beforeEach(async () => {
  api = await startApi();
  await api.stock({ warehouse_id: 'lisbon', quantity: 1000 });
});
afterEach(() => api.close());

const HURRY = { name: 'hurry', rules: { time_per_day: 5000 } };
const post = async (body: unknown = HURRY, headers = {}) =>
  await api.ask('POST /v1/policies', { as: '*', body, headers });
const move = async (id: string, body: object) =>
  await api.ask(`POST /v1/policies/${id}/move`, { as: '*', body });

async function decide(...refs: string[]): Promise<void> {
  for (const ref of refs) await api.ask('POST /v1/orders', { as: 'shop', body: orderBody(ref) });
  while ((await decideOrders(api.engine)).more);
}

describe('policies', () => {
  test('are made once per Idempotency-Key, read back, listed newest first, and paged', async () => {
    const key = { 'idempotency-key': '"one"' };
    const made = await post(HURRY, key);
    const again = await post(HURRY, key);
    expect(made.status, made.text).toBe(201);
    expect(again.body).toEqual(made.body);
    expect(made.body).toMatchObject({
      ...{ name: 'hurry', version: 1, state: 'draft', platform_id: null, share_percent: null },
      rules: HURRY.rules,
    });
    const second = await post({ ...HURRY, platform_id: 'shop', note: 'for the shop' });
    expect(second.body).toMatchObject({ version: 2, platform_id: 'shop', note: 'for the shop' });
    const read = await api.ask(`GET ${made.headers.location}`, { as: '*' });
    expect(read.body).toEqual(made.body);
    const page = await api.ask('GET /v1/policies?limit=1', { as: '*' });
    expect(page.body.policies).toEqual([second.body]);
    const rest = await api.ask(`GET /v1/policies?limit=1&cursor=${page.body.next_cursor}`, {
      as: '*',
    });
    expect(rest.body.policies).toEqual([made.body]);
    const none = await api.ask('GET /v1/policies?state=live', { as: '*' });
    expect(none.body).toEqual({ policies: [], next_cursor: null });
  });

  test('refuse what they cannot mean, and name the place', async () => {
    const pointer = async (body: unknown) => {
      const { body: problem } = await post(body);
      return [problem.code, problem.errors?.[0]?.pointer];
    };
    expect(await pointer({ name: 'a', rules: {} })).toEqual(['invalid_request', '/rules']);
    expect(await pointer({ name: 'a', rules: { lease_seconds: 9 } })).toEqual([
      'invalid_request',
      '/rules/lease_seconds',
    ]);
    expect(await pointer({ name: 'a', rules: { confidence: 1 } })).toEqual([
      'invalid_request',
      '/rules/confidence',
    ]);
    expect(await pointer({ name: 'a', rules: { apart: [['toys', 'frozen']] } })).toEqual([
      'invalid_policy',
      '/rules/apart/0/0',
    ]);
    expect(await pointer({ ...HURRY, platform_id: 'nobody' })).toEqual([
      'unknown_reference',
      '/platform_id',
    ]);
  });

  test('move as their state table says, each move told in the journal once', async () => {
    const { body } = await post();
    const steps = [
      { to: 'shadow' },
      { to: 'share', share_percent: 10 },
      { to: 'share', share_percent: 50 },
      { to: 'live' },
      { to: 'live' },
    ];
    expect((await move(body.policy_id, { to: 'live' })).body.code).toBe('state_conflict');
    for (const step of steps) {
      const moved = await move(body.policy_id, step);
      expect(moved.status, moved.text).toBe(200);
      expect(moved.body).toMatchObject({
        state: step.to,
        share_percent: step.share_percent ?? null,
      });
    }
    const told = await api.owner
      .selectFrom('journal')
      .select(['version', 'data', 'platform_id'])
      .where('entity', '=', 'policy')
      .orderBy('version')
      .execute();
    expect(told.map(({ data }) => data.state)).toEqual([
      'draft',
      'shadow',
      'share',
      'share',
      'live',
    ]);
    expect(told.every(({ platform_id }) => platform_id === null)).toBe(true);
  });

  test('in shadow report their differences with counts and intervals', async () => {
    const { body } = await post();
    const empty = await api.ask(`GET /v1/policies/${body.policy_id}/report`, { as: '*' });
    expect(empty.body).toMatchObject({
      tried: 0,
      against: null,
      cost: { pairs: 0, difference: null },
    });
    await move(body.policy_id, { to: 'shadow' });
    await decide(...Array.from({ length: 8 }, (_, i) => `r-${i}`));
    await shadowOrders(api.engine);

    const {
      status,
      text,
      body: report,
    } = await api.ask(`GET /v1/policies/${body.policy_id}/report`, { as: '*' });

    expect(status, text).toBe(200);
    expect(report).toMatchObject({
      ...{ policy_id: body.policy_id, tried: 8, both_sourced: 8, live_only: 0, policy_only: 0 },
      parcels: { pairs: 8, live_mean: 1, policy_mean: 1, difference: 0, difference_low: 0 },
      carbon_grams: { pairs: 0, difference: null, difference_low: null },
    });
    const { cost, promise_seconds, on_time } = report;
    expect(cost.difference).toBeCloseTo(cost.policy_mean - cost.live_mean, 6);
    expect(cost.difference).toBeGreaterThan(0);
    expect(cost.difference_low).toBeLessThanOrEqual(cost.difference);
    expect(cost.difference_high).toBeGreaterThanOrEqual(cost.difference);
    expect(promise_seconds.difference).toBeLessThan(-3600);
    expect(on_time.difference).toBeGreaterThan(0);
    const order = await api.ask('GET /v1/orders?external_ref=r-0', { as: 'shop' });
    const decision = `GET /v1/orders/${order.body.orders[0].order_id}/decision`;
    expect((await api.ask(decision, { as: 'shop' })).body).toMatchObject({ policy_id: null });
  });
});
