/** The HTTP interface on a real database, with a key for every party of the builder network. */
import type { FastifyInstance } from 'fastify';
import { type ApiOptions, buildApp } from '../../src/api/app.ts';
import { createKey, type Role } from '../../src/fulfillment/create-key.ts';
import { type Harness, type HarnessOptions, startHarness } from '../harness.ts';

/** Two parties of each kind: what one may see, the other may not. */
const PARTIES = {
  shop: 'platform',
  market: 'platform',
  acme: 'seller',
  globex: 'seller',
  rotterdam: 'warehouse',
  lisbon: 'warehouse',
  swift: 'carrier',
  polder: 'carrier',
  '*': 'operator',
} as const satisfies Record<string, Role>;

export type Party = keyof typeof PARTIES;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back.
  readonly body: any;
}

export interface Ask {
  readonly as?: Party | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Api extends Harness {
  readonly app: FastifyInstance;
  /** Before there is a network, the operator's alone. */
  readonly keys: Readonly<Record<Party, string>>;
  /** One request; `ask('GET /v1/orders', { as: 'shop' })`. An object body goes as JSON. */
  ask(line: string, ask?: Ask): Promise<Answer>;
}

/** Starts the interface; `close()` closes it, audits and drops the database. */
export async function startApi(
  options: HarnessOptions & { readonly api?: ApiOptions } = {},
): Promise<Api> {
  const harness = await startHarness(options);
  const keys = {} as Record<Party, string>;
  for (const [party_id, role] of Object.entries(PARTIES)) {
    // Without a network there are no parties but operators.
    if (options.network === null && role !== 'operator') continue;
    keys[party_id as Party] = (await createKey(harness.engine, { role, party_id })).key;
  }
  const app = await buildApp(harness.engine, options.api);
  return {
    ...harness,
    app,
    keys,
    ask: async (line, { as, body, headers = {} } = {}) => {
      const [method, url] = line.split(' ') as ['GET', string];
      const isText = typeof body === 'string' || Buffer.isBuffer(body);
      const response = await app.inject({
        method,
        url,
        headers: {
          ...(as === undefined ? {} : { authorization: `Bearer ${keys[as]}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
      });
      const text = response.body;
      const isJson = String(response.headers['content-type']).includes('json');
      const { statusCode: status } = response;
      return { status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
    },
    close: async (closing) => {
      await app.close();
      await harness.close(closing);
    },
  };
}

/** An order as a platform posts it: two mugs to Amsterdam. */
export function orderBody(external_ref: string, changes: object = {}) {
  return {
    external_ref,
    destination: { postal_code: '1011AB', country: 'NL' },
    lines: [{ line_no: 1, sku_id: 'mug', quantity: 2 }],
    ...changes,
  };
}

/** One operation of the OpenAPI document. */
export interface Documented {
  /** As in `POST /v1/orders/{id}/cancel`. */
  readonly line: string;
  readonly method: string;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document.
  readonly operation: any;
  readonly scope: string;
}

/** Every operation, as the interface itself describes it: a new route is covered by itself. */
export function documentedOperations(app: FastifyInstance): Documented[] {
  return Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as object).map(([name, operation]) => {
      const method = name.toUpperCase();
      const scope = operation.security?.[0]?.api_key?.[0];
      return { line: `${method} ${path}`, method, path, operation, scope };
    }),
  );
}
