/** The network over HTTP: put, read back, put again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aNetwork } from '../builders/network.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ network: null });
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
  expect((await put(aNetwork({ name: 'Next' }))).body).toMatchObject({ version: 2, changed: true });

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
