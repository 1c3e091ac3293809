/** Many at once: workers that want the same unit, and copies of one request. */
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';

async function withHarness(work: (harness: Harness) => Promise<void>): Promise<void> {
  const harness = await startHarness();
  try {
    await work(harness);
  } catch (error) {
    await harness.close({ audit: false });
    throw error;
  }
  await harness.close();
}

describe('many workers and few units', () => {
  it('never oversell, and leave no unit idle that an order waits for', async () => {
    const cases = fc.record({
      units: fc.integer({ min: 1, max: 5 }),
      elsewhere: fc.integer({ min: 0, max: 2 }),
      quantities: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 12 }),
      workers: fc.integer({ min: 2, max: 5 }),
      batch: fc.integer({ min: 1, max: 4 }),
    });
    const property = fc.asyncProperty(cases, ({ units, elsewhere, quantities, workers, batch }) =>
      withHarness(async (harness) => {
        const stock = { quantity: units };
        if (elsewhere === 0) await harness.stock(stock);
        else await harness.stock(stock, { quantity: elsewhere, warehouse_id: 'warsaw' });
        await acceptOrders(
          harness.engine,
          quantities.map((quantity) => anOrder({ lines: [aLine({ quantity })] })),
        );
        const config = { ...harness.engine.config, decide_batch_orders: batch };
        const worker = async () => {
          while ((await decideOrders({ ...harness.engine, config })).more);
        };
        await Promise.all(Array.from({ length: workers }, worker));
        await worker();

        const lines = await harness.owner
          .selectFrom('order_lines')
          .innerJoin('orders', 'orders.order_id', 'order_lines.order_id')
          .select(['state', 'quantity', 'allocated'])
          .execute();
        const taken = lines.reduce((sum, line) => sum + line.allocated, 0);
        const left = units + elsewhere - taken;
        expect(left).toBeGreaterThanOrEqual(0);
        const waiting = lines.filter((line) => line.state === 'backordered');
        expect(waiting.filter((line) => line.quantity <= left)).toEqual([]);
        expect(lines.filter((line) => line.state === 'decided').map((l) => l.allocated)).toEqual(
          lines.filter((line) => line.state === 'decided').map((line) => line.quantity),
        );
      }),
    );

    await fc.assert(property, { numRuns: 10, endOnFailure: true });
  });
});

describe('copies of a request', () => {
  async function withApps(
    work: (harness: Harness, apps: FastifyInstance[], key: string) => Promise<void>,
  ): Promise<void> {
    await withHarness(async (harness) => {
      await harness.stock({ quantity: 100 });
      const { key } = await createKey(harness.engine, { role: 'platform', party_id: 'shop' });
      const apps = [await buildApp(harness.engine), await buildApp(harness.engine)];
      await work(harness, apps, key);
      await Promise.all(apps.map((app) => app.close()));
    });
  }

  function post(app: FastifyInstance, key: string, body: object, headers: object = {}) {
    const authorization = `Bearer ${key}`;
    return app.inject({
      method: 'POST',
      url: '/v1/orders',
      headers: { authorization, ...headers },
      payload: body,
    });
  }

  const aBody = (external_ref: string, quantity = 1) => ({
    external_ref,
    destination: { postal_code: '1011AB', country: 'NL' },
    lines: [{ line_no: 1, sku_id: 'mug', quantity }],
  });

  it('make one order, and all are answered with it, whichever process they reach', async () => {
    await withApps(async (harness, apps, key) => {
      const copies = Array.from({ length: 40 }, (_, at) => post(apps[at % 2]!, key, aBody('same')));
      const answers = await Promise.all(copies);

      const bodies = answers.map((answer) => answer.json());
      expect(new Set(bodies.map((body) => body.order_id)).size).toBe(1);
      expect(answers.filter((answer) => answer.statusCode === 201)).toHaveLength(1);
      expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(39);
      expect(await harness.owner.selectFrom('orders').select('order_id').execute()).toHaveLength(1);
    });
  });

  it('with one Idempotency-Key are answered alike, or told that the first still runs', async () => {
    await withApps(async (harness, apps, key) => {
      const headers = { 'idempotency-key': '"one-key"' };
      const copies = Array.from({ length: 20 }, (_, at) =>
        post(apps[at % 2]!, key, aBody('keyed'), headers),
      );
      const answers = await Promise.all(copies);
      const last = await post(apps[0]!, key, aBody('keyed'), headers);

      const codes = new Set(answers.map((answer) => answer.statusCode));
      expect([...codes].filter((code) => ![200, 201, 409].includes(code))).toEqual([]);
      const done = answers.filter((answer) => answer.statusCode !== 409);
      expect(new Set([...done, last].map((answer) => answer.json().order_id)).size).toBe(1);
      expect(await harness.owner.selectFrom('orders').select('order_id').execute()).toHaveLength(1);
    });
  });

  it('with another body under the same reference are refused, whoever comes first', async () => {
    await withApps(async (harness, apps, key) => {
      const copies = Array.from({ length: 20 }, (_, at) =>
        post(apps[at % 2]!, key, aBody('mixed', 1 + (at % 2))),
      );
      const answers = await Promise.all(copies);

      const refused = answers.filter((answer) => answer.statusCode === 409);
      expect(refused).toHaveLength(10);
      expect(new Set(refused.map((answer) => answer.json().code))).toEqual(
        new Set(['order_conflict']),
      );
      expect(await harness.owner.selectFrom('orders').select('order_id').execute()).toHaveLength(1);
    });
  });
});
