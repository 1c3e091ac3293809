/** Idempotency-Key: copies of a request have one effect and equal answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, orderBody, type Party, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const post = (key: string, body: object, as: Party = 'shop', path = '/v1/orders') =>
  api.ask(`POST ${path}`, { as, body, headers: { 'idempotency-key': key } });
const ordersOf = async (external_ref: string) =>
  await api.owner
    .selectFrom('orders')
    .select('order_id')
    .where('external_ref', '=', external_ref)
    .execute();

describe('Idempotency-Key', () => {
  test('replays status, body and place of the first answer', async () => {
    const first = await post('"key-1"', orderBody('replayed'));
    const second = await post('"key-1"', orderBody('replayed'));

    expect(first.status).toBe(201);
    expect(second.status).toBe(201);
    expect(second.text).toBe(first.text);
    expect(second.headers.location).toBe(first.headers.location);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await ordersOf('replayed')).toHaveLength(1);
  });

  test('replays a refusal byte by byte', async () => {
    const lines = [{ line_no: 1, sku_id: 'unicorn', quantity: 1 }];
    const first = await post('"key-2"', orderBody('refused', { lines }));
    const second = await post('"key-2"', orderBody('refused', { lines }));

    expect(first.status).toBe(422);
    expect(second.text).toBe(first.text);
  });

  test('refuses another body, another path, under the same key', async () => {
    await post('"key-3"', orderBody('same-key'));
    const body = await post('"key-3"', orderBody('same-key-other-body'));
    const path = await post('"key-3"', [orderBody('same-key')], 'shop', '/v1/orders/bulk');

    for (const answer of [body, path]) {
      expect(answer.body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
    }
    expect(await ordersOf('same-key-other-body')).toHaveLength(0);
  });

  test("another party's key of the same name is another key", async () => {
    await post('"key-4"', orderBody('of-shop'));
    const answer = await post('"key-4"', orderBody('of-market'), 'market');
    expect(answer.status).toBe(201);
  });

  test('copies at once have one effect; none gets a wrong answer', async () => {
    const copies = await Promise.all(
      Array.from({ length: 10 }, () => post('"key-5"', orderBody('crowd'))),
    );

    const done = copies.filter(({ status }) => status === 201);
    const running = copies.filter(({ body }) => body.code === 'request_in_flight');
    expect(done.length).toBeGreaterThan(0);
    expect(done.length + running.length).toBe(10);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(await ordersOf('crowd')).toHaveLength(1);
  });

  test('after a crash between effect and answer, a copy takes over and doubles nothing', async () => {
    const first = await post('"key-6"', orderBody('crashed'));
    // What a crash leaves: the effect is there, the claim was never answered.
    await api.owner
      .updateTable('idempotency_keys')
      .set({ status: 0, response: 'null' })
      .where('key', '=', 'key-6')
      .execute();

    const early = await post('"key-6"', orderBody('crashed'));
    expect(early.body).toMatchObject({ status: 409, code: 'request_in_flight' });
    api.clock.advance(61);
    const taken = await post('"key-6"', orderBody('crashed'));

    expect(taken.status).toBe(200);
    expect(taken.body.order_id).toBe(first.body.order_id);
    expect(await ordersOf('crashed')).toHaveLength(1);
  });

  test('forgets answers after a day', async () => {
    await post('"key-7"', orderBody('old'));
    api.clock.advance(25 * 3600);
    await post('"key-8"', orderBody('new'));

    const kept = await api.owner.selectFrom('idempotency_keys').select('key').execute();
    expect(kept).toEqual([{ key: 'key-8' }]);
  });

  test('refuses a malformed key, and any key where the answer is a secret', async () => {
    for (const key of ['""', '"a', `"${'x'.repeat(256)}"`, 'a b', '"ä"']) {
      const answer = await post(key, orderBody('malformed'));
      expect(answer.body, key).toMatchObject({ status: 400, code: 'invalid_request' });
    }
    const secret = await post('"k"', { role: 'seller', party_id: 'acme' }, '*', '/v1/keys');
    expect(secret.body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(secret.body.errors[0].pointer).toBe('idempotency-key');
  });
});
