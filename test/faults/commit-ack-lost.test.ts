/**
 * The connection breaks between a COMMIT and its answer: the engine cannot know whether its
 * transaction holds. The caller sees an error, asks again, and there is one order.
 */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { buildApp } from '../../src/api/app.ts';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { type Harness, startHarness } from '../harness.ts';
import { type CuttingProxy, startProxy } from './cutting-proxy.ts';

describe('a commit whose answer is lost', () => {
  let harness: Harness;
  let proxy: CuttingProxy;
  let app: FastifyInstance;
  let key: string;
  let closeThrough: () => Promise<void>;

  beforeEach(async () => {
    harness = await startHarness();
    await harness.stock({ quantity: 10 });
    ({ key } = await createKey(harness.engine, { role: 'platform', party_id: 'shop' }));
    proxy = await startProxy(harness.url);
    const through = openDatabase({ url: proxy.url, pool_size: 2, statement_timeout_ms: 5000 });
    closeThrough = () => through.close();
    app = await buildApp({ ...harness.engine, database: through });
  });
  afterEach(async () => {
    await app.close();
    await closeThrough();
    await proxy.close();
    await harness.close();
  });

  const post = (headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/orders',
      headers: { authorization: `Bearer ${key}`, ...headers },
      payload: {
        external_ref: 'once',
        destination: { postal_code: '1011AB', country: 'NL' },
        lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }],
      },
    });

  /** Lets the commit of the transaction that stores the order through, and nothing back. */
  function loseNextCommit(): { readonly isLost: () => boolean } {
    let isStoring = false;
    let isLost = false;
    proxy.watch((text, link) => {
      isStoring ||= /insert into "?orders\b/i.test(text);
      if (!isStoring || isLost || !/\bcommit\b/i.test(text)) return;
      isLost = true;
      link.mute();
      link.cut();
    });
    return { isLost: () => isLost };
  }

  async function countOrders(): Promise<number> {
    return (await harness.owner.selectFrom('orders').select('order_id').execute()).length;
  }

  it('answers an error, keeps the order, and the repeated request finds it', async () => {
    const loss = loseNextCommit();

    const first = await post();
    const second = await post();

    expect(loss.isLost()).toBe(true);
    expect(first.statusCode).toBeGreaterThanOrEqual(500);
    expect(first.headers['content-type']).toContain('application/problem+json');
    expect([200, 201]).toContain(second.statusCode);
    expect(await countOrders()).toBe(1);
  });

  it('makes one order for an Idempotency-Key too, and then answers always the same', async () => {
    loseNextCommit();
    const headers = { 'idempotency-key': '"key-of-a-lost-commit"' };

    await post(headers);
    const second = await post(headers);
    const third = await post(headers);

    expect([200, 201]).toContain(second.statusCode);
    expect(third.json()).toEqual(second.json());
    expect(third.statusCode).toBe(second.statusCode);
    expect(await countOrders()).toBe(1);
  });
});
