/** Posting and reading orders over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ config: { page_items_max: 50 } });
  await api.stock({ quantity: 10_000 });
});
afterAll(() => api.close());

const post = (body: object, headers = {}) =>
  api.ask('POST /v1/orders', { as: 'shop', body, headers });

describe('posting an order', () => {
  test('stores it and says where it is', async () => {
    const answer = await post(orderBody('first'));

    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/v1/orders/${answer.body.order_id}`);
    expect(answer.body).toMatchObject({ external_ref: 'first', state: 'accepted' });
    expect(answer.body.accepted_at).toBe('2026-03-18T09:00:00Z');
  });

  test('k copies at once make one order with equal answers', async () => {
    const copies = await Promise.all(Array.from({ length: 20 }, () => post(orderBody('copies'))));

    expect(copies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(copies.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(copies.map(({ text }) => text)).size).toBe(1);
  });

  test('refuses another body under a known reference', async () => {
    await post(orderBody('twice'));
    const answer = await post(
      orderBody('twice', { lines: [{ line_no: 1, sku_id: 'mug', quantity: 3 }] }),
    );

    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe('order_conflict');
  });

  test('a bad order in the crowd does not hurt its neighbours', async () => {
    const unknown = [{ line_no: 1, sku_id: 'unicorn', quantity: 1 }];
    const answers = await Promise.all([
      post(orderBody('crowd-1')),
      post(orderBody('crowd-2', { lines: unknown })),
      post(orderBody('crowd-3')),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([201, 422, 201]);
    expect(answers[1]!.body.errors[0].pointer).toBe('/lines/0/sku_id');
  });

  test('carries the request id through, and gives one where there was none', async () => {
    const given = await post(orderBody('traced'), { 'x-request-id': 'trace-7' });
    expect(given.headers['x-request-id']).toBe('trace-7');
    const row = await api.owner
      .selectFrom('orders')
      .select('request_id')
      .where('external_ref', '=', 'traced')
      .executeTakeFirstOrThrow();
    expect(row.request_id).toBe('trace-7');

    const hostile = await post(orderBody('untraced'), { 'x-request-id': 'a b\tc' });
    expect(hostile.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('posting in bulk', () => {
  const bulk = (body: unknown, headers = {}) =>
    api.ask('POST /v1/orders/bulk', { as: 'shop', body, headers });

  test('good rows go through, bad ones are reported in their place', async () => {
    const answer = await bulk([
      orderBody('bulk-1'),
      { external_ref: 'bulk-2' },
      orderBody('bulk-3', { lines: [{ line_no: 1, sku_id: 'unicorn', quantity: 1 }] }),
      orderBody('bulk-4'),
      orderBody('bulk-1'),
      7,
    ]);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ applied: 2, duplicate: 1, refused: 3 });
    const { results } = answer.body;
    expect(results.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(results[1]).toMatchObject({ status: 'refused', code: 'invalid_request' });
    expect(results[1].errors).toContainEqual({
      pointer: '/lines',
      detail: 'got nothing, expected a value',
    });
    expect(results[2]).toMatchObject({ status: 'refused', code: 'unknown_reference' });
    expect(results[4]).toMatchObject({ status: 'duplicate', order_id: results[0].order_id });
  });

  test('takes newline-delimited JSON, and reports a broken line as a row', async () => {
    const lines = [JSON.stringify(orderBody('lines-1')), '{broken', '', '{"__proto__":{}}'];
    lines.push(JSON.stringify(orderBody('lines-2')));
    const answer = await bulk(lines.join('\r\n'), { 'content-type': 'application/x-ndjson' });

    expect(answer.body).toMatchObject({ applied: 2, duplicate: 0, refused: 2 });
    expect(answer.body.results[1]).toMatchObject({ status: 'refused', code: 'invalid_json' });
    expect(answer.body.results[2]).toMatchObject({ status: 'refused', code: 'invalid_json' });
  });

  test('a bulk post again changes nothing', async () => {
    const rows = Array.from({ length: 1_200 }, (_, index) => orderBody(`again-${index}`));
    const first = await bulk(rows);
    const second = await bulk(rows);

    expect(first.body).toMatchObject({ applied: 1_200, refused: 0 });
    expect(second.body).toMatchObject({ applied: 0, duplicate: 1_200, refused: 0 });
    const ids = (answer: typeof first) =>
      answer.body.results.map(({ order_id }: { order_id: string }) => order_id);
    expect(ids(second)).toEqual(ids(first));
  });

  test('answers what was stored row by row, also where there was no room for the rest', async () => {
    const busy = await startApi({ config: { waiting_writes_max: 10, bulk_slice_rows: 25 } });
    const rows = Array.from({ length: 40 }, (_, i) => orderBody(`rush-${i}`));
    const answer = await busy.ask('POST /v1/orders/bulk', { as: 'shop', body: rows });

    expect(answer.status).toBe(200);
    // Ten wait of each slice of 25 and 15.
    expect(answer.body).toMatchObject({ applied: 20, refused: 20 });
    const statuses = answer.body.results.map(({ status }: { status: string }) => status);
    expect(statuses[9]).toBe('applied');
    expect(answer.body.results[10]).toMatchObject({ status: 'refused', code: 'overloaded' });
    const stored = await busy.owner.selectFrom('orders').select('external_ref').execute();
    expect(stored).toHaveLength(20);
    await busy.close();
  });

  test('is refused as a whole where there is no room for any row', async () => {
    const full = await startApi({ config: { waiting_writes_max: 0 } });
    const answer = await full.ask('POST /v1/orders/bulk', {
      as: 'shop',
      body: [orderBody('none-1'), orderBody('none-2')],
    });

    expect(answer.status).toBe(503);
    expect(answer.body.code).toBe('overloaded');
    await full.close();
  });

  test('refuses more rows than a bulk request may have, and none', async () => {
    const many = await bulk(`[${'0,'.repeat(10_000)}0]`);
    expect(many.body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await bulk([])).status).toBe(400);
  });
});

describe('reading orders', () => {
  test('an order tells its shipments, milestones, promise and what happened', async () => {
    const { body: posted } = await post(orderBody('told'));
    while ((await decideOrders(api.engine)).more);
    const { status, body } = await api.ask(`GET /v1/orders/${posted.order_id}`, { as: 'shop' });

    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'decided', lines: [{ quantity: 2, allocated: 2 }] });
    expect(body.promise_at).toBe(body.current_promise_at);
    expect(body.shipments).toHaveLength(1);
    expect(body.shipments[0].milestones).toHaveLength(7);
    expect(body.shipments[0].lines).toEqual([{ line_no: 1, quantity: 2 }]);
    const types = body.timeline.map(({ type }: { type: string }) => type);
    expect(types.slice(0, 2)).toEqual(['order.accepted', expect.stringMatching(/order|shipment/)]);
  });

  test('a decision is explained, and comes out the same again', async () => {
    const { body: posted } = await post(orderBody('explained'));
    while ((await decideOrders(api.engine)).more);
    const path = `/v1/orders/${posted.order_id}/decision`;
    const { status, body, text } = await api.ask(`GET ${path}`, { as: 'shop' });

    expect(status, text).toBe(200);
    expect(body).toMatchObject({ outcome: 'sourced', replayed: true, late: false });
    const [parcel] = body.plan.parcels;
    expect(parcel).toMatchObject({ warehouse_id: 'rotterdam', lines: [{ quantity: 2 }] });
    const terms = Object.values<number>(parcel.cost).reduce((sum, term) => sum + term, 0);
    expect(body.plan).toMatchObject({ cost: terms, proof: { kind: 'optimal' } });
    expect(body.plan.promise_at).toMatch(/^2026-03-/);
    expect(body.alternatives.length).toBeGreaterThan(0);
    for (const lost of body.alternatives) expect(lost.lost_because).toMatch(/^[a-z_]+$/);
  });

  test('paging under concurrent inserts visits each older order exactly once', async () => {
    const old = Array.from({ length: 60 }, (_, index) => orderBody(`paged-${index}`));
    await api.ask('POST /v1/orders/bulk', { as: 'market', body: old });
    const seen: string[] = [];
    let next: string | null = '/v1/orders?limit=7';
    for (let page = 0; next !== null; page += 1) {
      const answer = await api.ask(`GET ${next}`, { as: 'market' });
      seen.push(...answer.body.orders.map((o: { external_ref: string }) => o.external_ref));
      const late = [orderBody(`late-${page}-a`), orderBody(`late-${page}-b`)];
      await api.ask('POST /v1/orders/bulk', { as: 'market', body: late });
      const link = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''));
      next = link?.[1] ?? null;
    }

    expect(seen.filter((ref) => ref.startsWith('paged-'))).toHaveLength(60);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('filters by state, reference and time of acceptance, and keeps them in the link', async () => {
    const list = (query: string) => api.ask(`GET /v1/orders?${query}`, { as: 'shop' });
    const one = await list('external_ref=told');
    expect(one.body.orders).toHaveLength(1);
    expect((await list('state=cancelled')).body.orders).toEqual([]);
    expect((await list('accepted_to=2026-03-18T09:00:00Z')).body.orders).toEqual([]);
    const from = await list('accepted_from=2026-03-18T10:00:00%2B01:00&limit=2');
    expect(from.body.orders).toHaveLength(2);
    expect(from.headers.link).toContain('accepted_from=2026-03-18T10%3A00%3A00%2B01%3A00');
  });

  test('an operator sees the orders of all', async () => {
    const { body } = await api.ask('GET /v1/orders?limit=50', { as: '*' });
    const platforms = new Set(
      body.orders.map(({ platform_id }: { platform_id: string }) => platform_id),
    );
    expect(body.orders).toHaveLength(50);
    expect(platforms).toContain('market');
  });
});

describe('cancelling', () => {
  test('ends an order once, and answers the same again', async () => {
    const { body: posted } = await post(orderBody('regretted'));
    const cancel = () =>
      api.ask(`POST /v1/orders/${posted.order_id}/cancel`, {
        as: 'shop',
        body: { reason: 'changed my mind' },
      });
    const first = await cancel();
    const second = await cancel();

    expect(first.body).toEqual({ order_id: posted.order_id, state: 'cancelled' });
    expect(second.text).toBe(first.text);
  });
});

test('asks for promises and honours the token', async () => {
  const { external_ref: _ref, ...basket } = orderBody('');
  const quoted = await api.ask('POST /v1/promises/quote', { as: 'shop', body: basket });
  expect(quoted.status, quoted.text).toBe(200);
  const [option] = quoted.body.options;
  expect(option).toMatchObject({ currency: 'EUR', parcels: 1 });

  const answer = await post(orderBody('quoted', { quote_token: option.token }));
  expect(answer.status, answer.text).toBe(201);
  const again = await post(orderBody('quoted-2', { quote_token: option.token }));
  expect(again.body).toMatchObject({ status: 409, code: 'quote_expired' });
});
