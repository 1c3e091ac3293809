/** The OpenAPI document: version 3.1, complete, and the same thing that validates. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Doors } from '../../src/api/doors.ts';
import { routesOf } from '../../src/api/routes.ts';
import { ROLE_SCOPES } from '../../src/fulfillment/create-key.ts';
import { type Api, documentedOperations, startApi } from './api-harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  test('is 3.1 and is served without a key', async () => {
    const { status, body } = await api.ask('GET /openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    expect(body.components.securitySchemes.api_key).toMatchObject({ scheme: 'bearer' });
  });

  test('holds every route of the table, and nothing else', () => {
    const doors = { engine: api.engine, stopping: new AbortController().signal } as Doors;
    const table = routesOf(doors).map(
      ([method, path]) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    const documented = documentedOperations(api.app).map(({ line }) => line);
    expect(documented.sort()).toEqual(table.sort());
  });

  test('gives every operation a summary, a tag, its scope, and all its answers', async () => {
    const scopes = new Set<string>(Object.values(ROLE_SCOPES).flat());
    const tags = new Set(api.app.swagger().tags?.map(({ name }) => name));
    for (const { line, operation, scope } of documentedOperations(api.app)) {
      expect(operation.summary, line).toMatch(/^[A-Z]/);
      expect(tags, line).toContain(operation.tags[0]);
      expect(scopes, line).toContain(scope);
      const statuses = Object.keys(operation.responses);
      expect(
        statuses.some((status) => status.startsWith('2')),
        line,
      ).toBe(true);
      expect(statuses, line).toEqual(expect.arrayContaining(['400', '401', '403', '429', '500']));
      for (const [status, answer] of Object.entries<Record<string, object>>(operation.responses)) {
        if (status.startsWith('2')) continue;
        expect(answer.content, `${line} ${status}`).toHaveProperty('application/problem+json');
      }
    }
  });

  test('every scope is used by a route', () => {
    const used = new Set(documentedOperations(api.app).map(({ scope }) => scope));
    expect([...new Set(Object.values(ROLE_SCOPES).flat())].sort()).toEqual([...used].sort());
  });

  test('closes every object of a request', () => {
    for (const { line, operation } of documentedOperations(api.app)) {
      const schema = operation.requestBody?.content?.['application/json']?.schema;
      if (schema !== undefined) expectClosed(schema, line);
    }
  });

  test('says that instants are instants', async () => {
    const { text } = await api.ask('GET /openapi.json');
    expect(text).toContain('"format":"date-time"');
    expect(text).not.toContain('x-format');
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema.
function expectClosed(schema: any, where: string): void {
  if (schema.type === 'object' && schema.properties !== undefined) {
    expect(schema.additionalProperties, where).toBe(false);
    for (const [name, part] of Object.entries(schema.properties)) {
      expectClosed(part, `${where}/${name}`);
    }
  }
  const { items } = schema;
  if (items !== undefined && !Array.isArray(items)) expectClosed(items, `${where}/*`);
}
