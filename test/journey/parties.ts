/** The parties of a test, each speaking HTTP with a key of its own. */
import type { FastifyInstance } from 'fastify';
import { createKey, type Role } from '../../src/fulfillment/create-key.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a client does.
export type Answer = any;

/** Someone with a key. Calls throw unless the answer is a success, or has the status expected. */
export interface Party {
  readonly key: string;
  get(path: string, status?: number): Promise<Answer>;
  post(path: string, body: unknown, status?: number): Promise<Answer>;
}

/** Gives a party a key and a voice. */
export async function aParty(
  app: FastifyInstance,
  engine: Engine,
  role: Role,
  party_id: string,
): Promise<Party> {
  const { key } = await createKey(engine, { role, party_id });
  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    status: number | undefined,
    body?: unknown,
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const isExpected =
      status === undefined ? answer.statusCode < 300 : answer.statusCode === status;
    if (!isExpected) {
      throw new Error(`${method} ${url}: got ${answer.statusCode} ${answer.body}`);
    }
    return answer.json();
  };
  return {
    key,
    get: (path, status) => call('GET', path, status),
    post: (path, body, status) => call('POST', path, status, body),
  };
}
