/**
 * Bad input on every route, generated from the OpenAPI document: whatever a route is, a wrong body,
 * type, field, parameter, key or method gets a problem document that names what is wrong.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REFUSALS } from '../../src/domain/errors.ts';
import { ROLE_SCOPES, type Role } from '../../src/fulfillment/create-key.ts';
import {
  type Answer,
  type Api,
  type Ask,
  type Documented,
  documentedOperations,
  orderBody,
  type Party,
  startApi,
} from './api-harness.ts';

const LIMITS = {
  body_limit_bytes: 4_000,
  bulk_body_limit_bytes: 8_000,
  network_body_limit_bytes: 20_000,
};
const SOME_ID = '01a20055-418d-7055-9518-9d6142db7ca4';
const PARTY_OF: Record<Role, Party> = {
  platform: 'shop',
  seller: 'acme',
  warehouse: 'rotterdam',
  carrier: 'swift',
  operator: '*',
};

let api: Api;
let operations: Documented[];
beforeAll(async () => {
  api = await startApi({ config: LIMITS });
  operations = documentedOperations(api.app);
});
afterAll(() => api.close());

const rolesOf = (scope: string) =>
  (Object.keys(ROLE_SCOPES) as Role[]).filter((role) =>
    (ROLE_SCOPES[role] as readonly string[]).includes(scope),
  );
const partyFor = ({ scope }: Documented) => PARTY_OF[rolesOf(scope)[0]!];
/** Warehouses and carriers are named by codes; a warehouse may only ask for its own work. */
const isNamedByCode = ({ path }: Documented) => /\/(?:warehouses|carriers)\//.test(path);
const pathOf = (route: Documented) =>
  route.path.replace('{id}', isNamedByCode(route) ? 'rotterdam' : SOME_ID);

function ask(route: Documented, request: Ask = {}, query = ''): Promise<Answer> {
  const line = `${route.method} ${pathOf(route)}${query}`;
  return api.ask(line, { as: partyFor(route), ...request });
}

/** The answer is a problem document of the catalogue that gives nothing away. */
function expectProblem(answer: Answer, code: keyof typeof REFUSALS, where: string): void {
  expect(answer.body?.code, `${where}: ${answer.text}`).toBe(code);
  expect(answer.status, where).toBe(REFUSALS[code].status);
  expect(answer.headers['content-type'], where).toContain('application/problem+json');
  expect(answer.body.type, where).toBe(`/docs/errors#${code}`);
  expect(answer.body.status, where).toBe(answer.status);
  expect(answer.text, where).not.toMatch(/node_modules|\.ts:|at .*\(|select |insert /);
}

const pointers = (answer: Answer): string[] =>
  (answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
const bodySchema = ({ operation }: Documented) =>
  operation.requestBody?.content?.['application/json']?.schema;
const withBody = () => operations.filter((route) => bodySchema(route) !== undefined);
const isBulk = (route: Documented) => bodySchema(route)?.type === 'array';
/** The network is checked by its step, which has a code of its own. */
const invalidCode = (route: Documented) =>
  route.path === '/v1/network' ? 'invalid_network' : 'invalid_request';

describe('every route with a body', () => {
  test('there are such routes', () => expect(withBody().length).toBeGreaterThan(12));

  test('refuses another content type, also in disguise', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'application/json; charset=latin1',
      'application /json',
      'text/json',
      'multipart/form-data; boundary=a',
    ];
    for (const route of withBody()) {
      for (const type of types) {
        const answer = await ask(route, { body: '{}', headers: { 'content-type': type } });
        expectProblem(answer, 'unsupported_media_type', `${route.line} ${type}`);
      }
      const zipped = await ask(route, { body: '{}', headers: { 'content-encoding': 'gzip' } });
      expectProblem(zipped, 'unsupported_media_type', route.line);
      if (isBulk(route)) continue;
      const headers = { 'content-type': 'application/x-ndjson' };
      expectProblem(
        await ask(route, { body: '{}', headers }),
        'unsupported_media_type',
        route.line,
      );
    }
  });

  test('refuses what is not JSON, not UTF-8, empty, or would poison a prototype', async () => {
    const bodies = [
      '{',
      'null true',
      '{"__proto__":{"admin":true}}',
      '{"constructor":{"prototype":{"admin":true}}}',
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    ];
    for (const route of withBody()) {
      for (const body of bodies) {
        expectProblem(await ask(route, { body }), 'invalid_json', `${route.line} ${body}`);
      }
      const headers = { 'content-type': 'application/json' };
      const empty = await ask(route, { body: '', headers });
      expect(empty.status, route.line).toBe(400);
    }
  });

  test('refuses a body that is larger than its limit', async () => {
    for (const route of withBody()) {
      const body = JSON.stringify({ a: 'x'.repeat(25_000) });
      expectProblem(await ask(route, { body }), 'too_large', route.line);
    }
  });

  test('refuses a body of another type', async () => {
    for (const route of withBody()) {
      for (const body of ['7', '"a"', 'null', isBulk(route) ? '{}' : '[]']) {
        expectProblem(await ask(route, { body }), 'invalid_request', `${route.line} ${body}`);
      }
    }
  });

  test('names every missing field, unknown field and field of a wrong type', async () => {
    for (const route of withBody()) {
      if (isBulk(route)) continue;
      const { properties, required = [] } = bodySchema(route);
      const missing = await ask(route, { body: {} });
      expectProblem(missing, invalidCode(route), route.line);
      for (const name of required) expect(pointers(missing), route.line).toContain(`/${name}`);

      const unknown = await ask(route, { body: { surplus: 1 } });
      expect(pointers(unknown), route.line).toContain('/surplus');

      for (const name of Object.keys(properties)) {
        const wrong = await ask(route, { body: { [name]: { wrong: 'type' } } });
        expectProblem(wrong, invalidCode(route), `${route.line} ${name}`);
        const named = pointers(wrong).some((pointer) => pointer.startsWith(`/${name}`));
        expect(named, `${route.line} ${name}: ${wrong.text}`).toBe(true);
      }
    }
  });

  test('reports bad rows of a bulk body one by one', async () => {
    for (const route of withBody().filter(isBulk)) {
      const { properties, required } = bodySchema(route).items;
      const rows: unknown[] = [7, {}, { surplus: 1 }];
      const names = Object.keys(properties);
      for (const name of names) rows.push({ [name]: { wrong: 'type' } });
      const answer = await ask(route, { body: rows });

      expect(answer.status, `${route.line} ${answer.text}`).toBe(200);
      expect(answer.body).toMatchObject({ applied: 0, duplicate: 0, refused: rows.length });
      const { results } = answer.body;
      const faults = (index: number) =>
        results[index].errors.map(({ pointer }: { pointer: string }) => pointer);
      expect(results[0]).toMatchObject({ index: 0, status: 'refused', code: 'invalid_request' });
      for (const name of required) expect(faults(1), route.line).toContain(`/${name}`);
      expect(faults(2), route.line).toContain('/surplus');
      names.forEach((name, at) => {
        const found = faults(at + 3).some((pointer: string) => pointer.startsWith(`/${name}`));
        expect(found, `${route.line} ${name}`).toBe(true);
      });
    }
  });

  test('refuses texts that the database cannot store', async () => {
    const order = { destination: { postal_code: '1', country: 'NL' }, lines: [] };
    for (const text of ['a\u0000b', '\ud800', 'a\nb']) {
      const answer = await api.ask('POST /v1/orders', {
        as: 'shop',
        body: { ...order, external_ref: text },
      });
      expectProblem(answer, 'invalid_request', JSON.stringify(text));
      expect(pointers(answer)).toContain('/external_ref');
    }
  });
});

describe('every route', () => {
  test('refuses an unknown query parameter, and known ones with a wrong value', async () => {
    for (const route of operations) {
      const unknown = await ask(route, bodyFor(route), '?surplus=1');
      expectProblem(unknown, 'invalid_request', route.line);
      // A body is looked at first; where there is one, the next test shows the parameter refused.
      if (bodySchema(route) === undefined) expect(pointers(unknown)).toContain('surplus');
      const parameters = (route.operation.parameters ?? []) as { in: string; name: string }[];
      for (const { name } of parameters.filter((parameter) => parameter.in === 'query')) {
        const wrong = await ask(route, bodyFor(route), `?${name}=%00`);
        expectProblem(wrong, 'invalid_request', `${route.line} ${name}`);
        expect(pointers(wrong), `${route.line} ${name}`).toContain(name);
        const twice = await ask(route, bodyFor(route), `?${name}=1&${name}=1`);
        expectProblem(twice, 'invalid_request', `${route.line} ${name} twice`);
      }
    }
  });

  test('refuses an unknown query parameter also beside a good body', async () => {
    const body = orderBody('with-parameter');
    const answer = await api.ask('POST /v1/orders?surplus=1', { as: 'shop', body });
    expectProblem(answer, 'invalid_request', 'POST /v1/orders');
    expect(pointers(answer)).toEqual(['surplus']);
  });

  test('refuses a cursor that is not of its list', async () => {
    const foreign = ['AAAA', Buffer.from('["orders","x"]').toString('base64url')];
    for (const route of operations) {
      const parameters = (route.operation.parameters ?? []) as { name: string }[];
      if (!parameters.some(({ name }) => name === 'cursor')) continue;
      for (const cursor of foreign) {
        const answer = await ask(route, {}, `?cursor=${cursor}`);
        expectProblem(answer, 'invalid_cursor', route.line);
      }
    }
  });

  test('refuses a cursor with a day that no month has', async () => {
    const position = ['exceptions', '2026-02-30T00:00:00Z', SOME_ID];
    const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
    const answer = await api.ask(`GET /v1/exceptions?cursor=${cursor}`, { as: '*' });
    expectProblem(answer, 'invalid_cursor', 'GET /v1/exceptions');
  });

  test('refuses an instant finer than a nanosecond, in a batch its row alone', async () => {
    const fine = '2026-03-18T09:00:00.1234567891Z';
    const list = await api.ask(`GET /v1/orders?accepted_from=${fine}`, { as: 'shop' });
    expectProblem(list, 'invalid_request', 'GET /v1/orders');
    const rows = [orderBody('coarse'), { ...orderBody('fine'), deliver_by: fine }];
    const bulk = await api.ask('POST /v1/orders/bulk', { as: 'shop', body: rows });
    expect(bulk.body).toMatchObject({ applied: 1, refused: 1 });
    expect(bulk.body.results[1].errors).toMatchObject([{ pointer: '/deliver_by' }]);
  });

  test('refuses an id that cannot be one', async () => {
    for (const route of operations.filter(({ path }) => path.includes('{id}'))) {
      for (const id of ['%00', 'x%20y', SOME_ID.replace('-', '')]) {
        if (isNamedByCode(route) && !id.includes('%')) continue;
        const line = `${route.method} ${route.path.replace('{id}', id)}`;
        const answer = await api.ask(line, { as: partyFor(route), ...bodyFor(route) });
        expectProblem(answer, 'invalid_request', line);
        expect(pointers(answer), line).toContain('id');
      }
    }
  });

  test('refuses a missing, malformed or unknown key before it reads the body', async () => {
    const authorizations = [
      undefined,
      'Bearer',
      'Basic YTpi',
      `Bearer ${api.keys.shop}x`,
      `Bearer ${api.keys.shop.slice(0, -1)}${api.keys.shop.endsWith('A') ? 'B' : 'A'}`,
      `Bearer ptl_000000000000_${'a'.repeat(43)}`,
    ];
    for (const route of operations) {
      for (const authorization of authorizations) {
        const headers = authorization === undefined ? {} : { authorization };
        const answer = await api.ask(`${route.method} ${pathOf(route)}`, { body: '{', headers });
        expectProblem(answer, 'invalid_key', `${route.line} ${authorization}`);
        expect(answer.headers['www-authenticate']).toContain('Bearer');
      }
    }
  });

  test('refuses every role that it is not for', async () => {
    for (const route of operations) {
      const allowed = rolesOf(route.scope);
      expect(allowed.length, route.line).toBeGreaterThan(0);
      for (const role of Object.keys(PARTY_OF) as Role[]) {
        if (allowed.includes(role)) continue;
        const answer = await ask(route, { as: PARTY_OF[role], ...bodyFor(route) });
        expectProblem(answer, 'forbidden_role', `${route.line} as ${role}`);
      }
    }
  });

  test('answers another method with 405 and the methods it takes', async () => {
    for (const [path, routes] of Map.groupBy(operations, (route) => route.path)) {
      const known = routes.map(({ method }) => method);
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS']) {
        if (known.includes(method)) continue;
        const answer = await ask({ ...routes[0]!, method });
        expectProblem(answer, 'method_not_allowed', `${method} ${path}`);
        expect(String(answer.headers.allow).split(', ').sort()).toEqual([...known].sort());
      }
    }
  });
});

/** Something to send where a body is read. */
function bodyFor(route: Documented): Ask {
  if (bodySchema(route) === undefined) return {};
  return { body: isBulk(route) ? [] : {} };
}
