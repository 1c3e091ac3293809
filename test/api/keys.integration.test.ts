/** Keys, quotas, probes and headers: what is true of every request. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { startHarness } from '../harness.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi({ config: { rate_limit_per_minute: 200 } });
});
afterAll(() => api.close());

const makeKey = (body: object) => api.ask('POST /v1/keys', { as: '*', body });
const withKey = (key: string, line: string, body?: object) =>
  api.ask(line, { headers: { authorization: `Bearer ${key}` }, ...(body ? { body } : {}) });

describe('keys', () => {
  test('are shown once and stored as a hash only', async () => {
    const made = await makeKey({ role: 'platform', party_id: 'shop', label: 'test' });

    expect(made.status).toBe(201);
    const { key, key_id, prefix } = made.body;
    expect(key).toMatch(new RegExp(`^ptl_${prefix}_[A-Za-z0-9_-]{43}$`));
    const listed = await api.ask('GET /v1/keys', { as: '*' });
    expect(listed.text).toContain(key_id);
    expect(listed.text).not.toContain(key);
    const stored = await api.owner.selectFrom('api_keys').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(key.slice(20));
  });

  test('are made for parties of the network only; operators need none', async () => {
    const misspelt = await makeKey({ role: 'platform', party_id: 'shopp' });
    const wrongRole = await makeKey({ role: 'carrier', party_id: 'shop' });

    expect(misspelt).toMatchObject({ status: 422, body: { code: 'unknown_reference' } });
    expect(misspelt.body.errors[0]).toEqual({
      pointer: '/party_id',
      detail: 'got "shopp", expected a platform of the network',
    });
    expect(wrongRole.body.code).toBe('unknown_reference');
    const bare = await startHarness({ network: null });
    const early = createKey(bare.engine, { role: 'platform', party_id: 'shop' });
    await expect(early).rejects.toMatchObject({ code: 'network_missing' });
    expect(await createKey(bare.engine, { role: 'operator', party_id: '*' })).toBeTruthy();
    await bare.close();
  });

  test('stop working when revoked; revoking again changes nothing', async () => {
    const { body } = await makeKey({ role: 'platform', party_id: 'shop' });
    expect((await withKey(body.key, 'GET /v1/orders')).status).toBe(200);

    const revoke = () => api.ask(`DELETE /v1/keys/${body.key_id}`, { as: '*' });
    expect((await revoke()).status).toBe(204);
    expect((await withKey(body.key, 'GET /v1/orders')).body.code).toBe('invalid_key');
    expect((await revoke()).status).toBe(204);
  });

  test('stop working in other processes too, within two seconds', async () => {
    const { body } = await makeKey({ role: 'platform', party_id: 'shop' });
    const other = await buildApp(api.engine);
    const askOther = async () => {
      const authorization = `Bearer ${body.key}`;
      return (await other.inject({ url: '/v1/orders', headers: { authorization } })).statusCode;
    };
    expect(await askOther()).toBe(200);

    await api.ask(`DELETE /v1/keys/${body.key_id}`, { as: '*' });
    const revoked = performance.now();
    while ((await askOther()) !== 401) {
      expect(performance.now() - revoked).toBeLessThan(2_000);
    }
    await other.close();
  });

  test('carry only the scopes they were given', async () => {
    const scopes = ['orders:read'];
    const { body } = await makeKey({ role: 'platform', party_id: 'shop', scopes });

    expect((await withKey(body.key, 'GET /v1/orders')).status).toBe(200);
    const answer = await withKey(body.key, 'POST /v1/orders', orderBody('without-scope'));
    expect(answer.body).toMatchObject({ status: 403, code: 'missing_scope' });
  });

  test('are refused for scopes and parties that the role cannot have', async () => {
    const scope = await makeKey({ role: 'carrier', party_id: 'swift', scopes: ['orders:write'] });
    expect(scope.body.errors[0].pointer).toBe('/scopes/0');
    for (const body of [
      { role: 'operator', party_id: 'shop' },
      { role: 'platform', party_id: '*' },
    ]) {
      expect((await makeKey(body)).body.errors[0].pointer).toBe('/party_id');
    }
  });

  test('page without gap', async () => {
    const seen: string[] = [];
    let next: string | null = '/v1/keys?limit=4';
    while (next !== null) {
      const page = await api.ask(`GET ${next}`, { as: '*' });
      seen.push(...page.body.keys.map(({ key_id }: { key_id: string }) => key_id));
      next = /^<([^>]+)>/.exec(String(page.headers.link ?? ''))?.[1] ?? null;
    }
    const stored = await api.owner.selectFrom('api_keys').select('key_id').execute();
    expect(seen.sort()).toEqual(stored.map(({ key_id }) => key_id).sort());
  });

  test('have a quota, told in headers, and 429 beyond it', async () => {
    const { body } = await makeKey({ role: 'carrier', party_id: 'swift' });
    const ask = () => withKey(body.key, 'GET /v1/assignments');
    const first = await ask();
    expect(first.headers['ratelimit-policy']).toBe('"key";q=200;w=60');
    expect(first.headers.ratelimit).toMatch(/^"key";r=199;t=\d+$/);

    const answers = await Promise.all(Array.from({ length: 200 }, ask));

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]!.body.code).toBe('rate_limited');
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.ask('GET /v1/assignments', { as: 'swift' })).status).toBe(200);
  });
});

describe('the process', () => {
  test('says that it is alive and ready, and how it is doing', async () => {
    expect((await api.ask('GET /livez')).body).toEqual({ status: 'alive' });
    expect((await api.ask('GET /readyz')).body).toEqual({ status: 'ready' });
    const metrics = await api.ask('GET /metrics');
    expect(metrics.text).toContain('portolan_http_request_seconds_count');
    expect(metrics.text).toContain('route="/v1/orders"');
  });

  test('answers 404 where there is no path, with or without a key', async () => {
    const lines = ['GET /v2/orders', 'POST /v1/nothing', 'GET /v1', 'DELETE /'];
    lines.push('GET /docs/static/../../../package.json');
    for (const line of lines) {
      const without = await api.ask(line);
      expect(without.body, line).toMatchObject({ status: 404, code: 'not_found' });
      expect((await api.ask(line, { as: '*' })).text, line).toBe(without.text);
    }
    const undecodable = await api.ask('GET /v1/orders/%E0%A4%A', { as: 'shop' });
    expect(undecodable.body).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('shows its pages under a strict content security policy', async () => {
    for (const path of ['/', '/docs/errors', '/docs/']) {
      const page = await api.ask(`GET ${path}`);
      expect(page.status, path).toBe(200);
      expect(page.headers['content-type'], path).toContain('text/html');
      const policy = String(page.headers['content-security-policy']);
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).not.toContain('unsafe');
      expect(page.headers['x-content-type-options']).toBe('nosniff');
    }
    const errors = await api.ask('GET /docs/errors');
    expect(errors.text).toContain('<dt id="order_conflict">');
  });

  test('once it stops it is not ready, and refuses work as a problem', async () => {
    const stopping = await startApi();
    const { port } = new URL(await stopping.app.listen({ host: '127.0.0.1', port: 0 }));
    // Both connections have begun a request when the stop begins, so they are answered.
    const probe = await beginRequest(Number(port), 'GET /readyz HTTP/1.1');
    const authorization = `authorization: Bearer ${stopping.keys.shop}`;
    const work = await beginRequest(Number(port), `GET /v1/orders HTTP/1.1\r\n${authorization}`);
    const closed = stopping.app.close();
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(await probe.end()).toMatch(/^HTTP\/1\.1 503 [\s\S]*problem\+json[\s\S]*not ready/);
    expect(await work.end()).toMatch(/^HTTP\/1\.1 503 [\s\S]*problem\+json[\s\S]*"overloaded"/);
    await closed;
    await stopping.close();
  });

  test('answers what is not HTTP, or too large a head, with a problem too', async () => {
    const { port } = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
    const garbled = await beginRequest(Number(port), 'NONSENSE');
    expect(await garbled.end()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"invalid_request"/);
    const long = `GET / HTTP/1.1\r\nx-long: ${'x'.repeat(20_000)}`;
    const large = await beginRequest(Number(port), long);
    expect(await large.end()).toMatch(/^HTTP\/1\.1 431 [\s\S]*"headers_too_large"/);
  });
});

/** A connection that has sent the head of a request without its end. */
async function beginRequest(port: number, head: string) {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
  await new Promise<void>((resolve) => socket.on('connect', resolve));
  socket.write(`${head}\r\nhost: localhost\r\nconnection: close\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    end: async () => {
      socket.write('\r\n');
      return await ended;
    },
  };
}
