/** The OpenAPI 3.1 document, made from the schemas that validate, and the page that shows it. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { REFUSALS, type RefusalCode } from '../domain/errors.ts';
import type { Operation } from './operation.ts';
import { Closed, Problem } from './schemas.ts';

/** What every route of `/v1` may refuse. */
const ALWAYS: readonly RefusalCode[] = [
  'invalid_request',
  'invalid_key',
  'forbidden_role',
  'missing_scope',
  'rate_limited',
  'overloaded',
];

/** What a route with a body may refuse beside that. */
const WITH_BODY: readonly RefusalCode[] = [
  'invalid_json',
  'request_timeout',
  'too_large',
  'unsupported_media_type',
];

const TAGS = [
  { name: 'promises', description: 'Platforms: a date and a price before the sale' },
  { name: 'orders', description: 'Platforms: orders and what became of them' },
  { name: 'inbound', description: 'Sellers and warehouses: goods on their way in' },
  { name: 'stock', description: 'Sellers and warehouses: balances and corrections' },
  { name: 'work', description: 'Warehouses: what to pick, and what was done' },
  { name: 'assignments', description: 'Carriers: parcels on offer, under a lease' },
  { name: 'tracking', description: 'Carriers: where parcels are' },
  { name: 'network', description: 'Operators: the master data' },
  { name: 'policies', description: 'Operators: rules of deciding, tried before they count' },
  { name: 'keys', description: 'Operators: API keys of the parties' },
  { name: 'exceptions', description: 'Operators: what a person must look at' },
  { name: 'reports', description: 'Operators: what was promised, and what was kept' },
  { name: 'live', description: 'Operators: the journal as it is written' },
  { name: 'tower', description: 'Operators: the whole network at a glance' },
];

/** What the page at `/docs` may load: its own files only. */
const UI_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ProblemAnswer = { content: { 'application/problem+json': { schema: Problem } } };

/** Fastify's schema of an operation; what is not declared is closed and empty. */
export function describeOperation(
  operation: Operation,
  parts: { body?: TSchema | undefined; params?: TSchema | undefined; query?: TSchema | undefined },
): FastifySchema {
  const { summary, description, tag, scope, answers, refusals = [] } = operation;
  const response: Record<string, unknown> = {};
  for (const [status, schema] of Object.entries(answers)) {
    const isCopy = status === '200' && 201 in answers;
    const description = isCopy ? 'Posted before: answered as then' : 'Done';
    const content = contentOf(operation, status, schema);
    response[status] = content === null ? { ...schema, description } : { description, content };
  }
  const ofBody = parts.body === undefined ? [] : WITH_BODY;
  const codes = [...new Set([...ALWAYS, ...ofBody, ...refusals])];
  for (const [status, group] of Map.groupBy(codes, (code) => REFUSALS[code].status)) {
    response[status] = { description: group.join(', '), ...ProblemAnswer };
  }
  response['500'] = { description: 'internal_error', ...ProblemAnswer };
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: [{ api_key: [scope] }],
    ...(operation.rows === true ? { consumes: ['application/json', 'application/x-ndjson'] } : {}),
    querystring: parts.query ?? Closed({}),
    ...(parts.params === undefined ? {} : { params: parts.params }),
    ...(parts.body === undefined ? {} : { body: parts.body }),
    response,
  } as FastifySchema;
}

/** An answer by its media types; null where JSON is the only one. */
function contentOf({ stream_type, other_types }: Operation, status: string, schema: TSchema) {
  if (stream_type !== undefined) return { [stream_type]: { schema } };
  if (other_types === undefined || status !== '200') return null;
  const others = Object.entries(other_types).map(([type, other]) => [type, { schema: other }]);
  return { 'application/json': { schema }, ...Object.fromEntries(others) };
}

/** Serves `/openapi.json` and the page at `/docs`; call it before any route is added. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Portolan',
        version,
        description: 'Real-time fulfilment orchestration: which warehouse, which carrier, by when.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: TAGS,
      components: {
        securitySchemes: {
          api_key: { type: 'http', scheme: 'bearer', description: 'ptl_<prefix>_<secret>' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const operationId = nameOf(String(route.method), url);
      const shown = documented(schema, route.config?.documented_body);
      return { schema: { ...shown, operationId }, url };
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: UI_CSP,
    theme: { title: 'Portolan: the interface' },
    uiConfig: { deepLinking: true, tryItOutEnabled: false },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** `GET /v1/orders/:id/decision` → `getOrdersIdDecision`. */
function nameOf(method: string, url: string): string {
  const words = url.split(/[^a-z0-9]+/i).filter((word) => word !== '' && word !== 'v1');
  const capitals = words.map((word) => word[0]!.toUpperCase() + word.slice(1));
  return method.toLowerCase() + capitals.join('');
}

/** The schema as it is shown: rows in place of unknowns, in the dialect of OpenAPI 3.1. */
function documented(schema: FastifySchema, body: object | undefined): FastifySchema {
  const shown = schema?.body === undefined || body === undefined ? schema : { ...schema, body };
  return inDialect(shown) as FastifySchema;
}

/**
 * JSON Schema draft 7, which validates, in the words of 2020-12, which OpenAPI 3.1 speaks: tuples
 * are `prefixItems`; and formats appear that the serialiser must not see.
 */
function inDialect(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inDialect);
  if (typeof value !== 'object' || value === null) return value;
  const isTuple = 'items' in value && Array.isArray(value.items);
  const renamed: Record<string, string> = isTuple
    ? { items: 'prefixItems', additionalItems: 'items' }
    : { 'x-format': 'format' };
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [renamed[name] ?? name, inDialect(item)]),
  );
}

/** Rows of a bulk body as the document shows them. */
export function documentedRows(row: TSchema, maxItems: number): TSchema {
  return Type.Array(row, { minItems: 1, maxItems });
}
