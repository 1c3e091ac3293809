/** The network over HTTP: put, read back, put again. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateNetwork } from '../../bench/generate-network.ts';
import { aNetwork } from '../builders/network.ts';
import { until } from '../workers/until.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

const WAYS = [
  { how: 'on the event loop', network_thread_bytes: 10_000_000 },
  { how: 'in a thread', network_thread_bytes: 1 },
] as const;

describe.each(WAYS)('a network that is worked on $how', ({ network_thread_bytes }) => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ network: null, config: { network_thread_bytes } });
  });
  afterAll(() => api.close());

  const put = (document: object) => api.ask('PUT /v1/network', { as: '*', body: document });
  const read = () => api.ask('GET /v1/network', { as: '*' });

  const makeKey = () =>
    api.ask('POST /v1/keys', { as: '*', body: { role: 'platform', party_id: 'shop' } });

  test('before the first network there are no parties, and the answer says so', async () => {
    for (const answer of [await makeKey(), await read()]) {
      expect(answer.body).toMatchObject({ status: 409, code: 'network_missing' });
    }
  });

  test('a network is put as the next version and read back as it may be put again', async () => {
    const first = await put(aNetwork());
    expect(first.body, first.text).toMatchObject({ version: 1, changed: true, warnings: [] });
    const { body: current } = await read();
    expect(current).toMatchObject({ version: 1, document: { format: 'portolan-network/1' } });
    expect((await put(current.document)).body).toMatchObject({ version: 1, changed: false });
    expect((await put(aNetwork({ name: 'Next' }))).body).toMatchObject({
      version: 2,
      changed: true,
    });

    const headers = { authorization: `Bearer ${(await makeKey()).body.key}` };
    const order = await api.ask('POST /v1/orders', { headers, body: orderBody('in-time') });
    expect(order.status, order.text).toBe(201);
  });

  test('a broken network is refused with every place, and nothing is applied', async () => {
    const broken = await put({ ...aNetwork(), currency: 'euro', platforms: [{ id: 7 }] });
    expect(broken.body).toMatchObject({ status: 422, code: 'invalid_network' });
    const pointers = broken.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/currency', '/platforms/0/id']));
    expect((await read()).body.version).toBe(2);
  });

  test('a body that is not JSON, or would poison a prototype, is refused as such', async () => {
    for (const body of [
      '{"format":',
      '{"a":{"__proto__":{"admin":true}}}',
      '{"constructor":{"prototype":1}}',
    ]) {
      const answer = await api.ask('PUT /v1/network', { as: '*', body });
      expect(answer.body, body).toMatchObject({ status: 400, code: 'invalid_json' });
    }
  });

  test('what open work needs stays, and a SKU keeps its seller while it has stock', async () => {
    await api.engine.networks.caughtUp();
    await api.stock({ quantity: 5 });
    const { skus } = aNetwork();
    const mug = skus.findIndex((sku) => sku.id === 'mug');
    const sold = skus.map((sku, at) => (at === mug ? { ...sku, seller_id: 'globex' } : sku));

    const refused = await put(aNetwork({ skus: sold }));

    expect(refused.body).toMatchObject({ status: 409, code: 'network_orphans_work' });
    expect(refused.body.errors[0].pointer).toBe(`/skus/${mug}/seller_id`);
  });

  test('everybody takes over what was put, at once or as soon as it is read', async () => {
    const lamps = aNetwork({ name: 'Third' });
    expect((await put(lamps)).body).toMatchObject({ version: 3, changed: true });
    await until(async () => (await api.engine.networks.current())?.version === 3);
    const live = await api.engine.networks.current();
    expect(live?.document).toEqual(lamps);
    expect(live?.skus.get('mug')).toBeDefined();
  });
});

test('a large network keeps the event loop free: others are answered while it is put', async () => {
  const size = {
    seed: 7,
    warehouses: 100,
    services: 1000,
    zones: 100,
    skus: 10_000,
    carriers: 300,
  };
  const json = Buffer.from(JSON.stringify(generateNetwork(size)));
  const stallOf = async (network_thread_bytes: number): Promise<number> => {
    const api = await startApi({ network: null, config: { network_thread_bytes } });
    await api.ask('GET /v1/network', { as: '*' });
    let stall = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      stall = Math.max(stall, performance.now() - last);
      last = performance.now();
    }, 2);
    const answer = await api.ask('PUT /v1/network', { as: '*', body: json });
    // A stall is seen by the first timer after it.
    await pause(20);
    clearInterval(watch);
    expect(answer.body, answer.text).toMatchObject({ version: 1, changed: true });
    await api.close();
    return stall;
  };

  const loop = await stallOf(json.length);
  const thread = await stallOf(1000);

  console.info(
    `longest stall: ${loop.toFixed(0)} ms on the loop, ${thread.toFixed(0)} in a thread`,
  );
  expect(thread).toBeLessThan(loop / 2);
});
