/**
 * The API process is killed with SIGKILL at random moments under load, and started again on its port.
 * Clients do what clients do: they send the same request again until it is answered. Whatever was
 * acknowledged exists, nothing is there twice, and copies were answered alike.
 */
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { type Harness, startHarness } from '../harness.ts';
import { until } from '../workers/until.ts';
import { type PortolanProcess, startPortolan } from './processes.ts';
import { seededChance } from './seed.ts';

const CLIENTS = 12;
const KILLS = 3;
const BULK_ROWS = 20;

interface Acknowledged {
  readonly order_id: string;
  readonly status: number;
}

describe('an API that is killed', () => {
  let harness: Harness;
  let api: PortolanProcess;
  let port: number;
  let platform: string;
  let warehouse: string;

  beforeEach(async () => {
    harness = await startHarness({ clock: systemClock });
    platform = (await createKey(harness.engine, { role: 'platform', party_id: 'shop' })).key;
    const role = { role: 'warehouse', party_id: 'rotterdam' } as const;
    warehouse = (await createKey(harness.engine, role)).key;
    port = await freePort();
    api = startApi();
    await api.says('the API runs');
  });
  afterEach(async () => {
    await api.end('SIGKILL');
    await harness.close();
  });

  function startApi(): PortolanProcess {
    return startPortolan(['api'], {
      DATABASE_URL: harness.url,
      PORTOLAN_PORT: String(port),
      PORTOLAN_IDEMPOTENCY_TAKEOVER_SECONDS: '1',
    });
  }

  /** Sends until there is an answer that is one: not a broken connection, not "come again". */
  async function send(
    path: string,
    body: object,
    { key = platform, idempotency = '' }: { key?: string; idempotency?: string } = {},
    // biome-ignore lint/suspicious/noExplicitAny: a client reads whatever came back.
  ): Promise<{ status: number; body: any }> {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotency === '' ? {} : { 'idempotency-key': idempotency }),
    };
    const payload = JSON.stringify(body);
    for (;;) {
      try {
        const url = `http://127.0.0.1:${port}${path}`;
        const answer = await fetch(url, { method: 'POST', headers, body: payload });
        // biome-ignore lint/suspicious/noExplicitAny: see above.
        const said: any = await answer.json();
        if (answer.status !== 503 && said.code !== 'request_in_flight') {
          return { status: answer.status, body: said };
        }
      } catch {
        // Killed before or while it answered: nobody knows whether it counted.
      }
      await pause(20);
    }
  }

  const orderBody = (external_ref: string) => ({
    external_ref,
    destination: { country: 'NL', postal_code: '1011AB' },
    lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }],
  });

  it('loses no acknowledged order or receipt, and doubles none on retry', async () => {
    const chance = seededChance('moments at which the API is killed');
    const orders = new Map<string, Acknowledged>();
    let receipts = 0;
    let isOver = false;
    const client = async (number: number) => {
      for (let n = 0; !isOver; n += 1) {
        const ref = `c${number}-${n}`;
        const idempotency = number % 2 === 0 ? `"key-${ref}"` : '';
        if (number === 0) {
          const lines = [{ sku_id: 'mug', quantity: 1 }];
          await send('/v1/inbound/receipts', { receipt_ref: ref, lines }, { key: warehouse });
          receipts += 1;
        } else if (number === 1) {
          const refs = Array.from({ length: BULK_ROWS }, (_, row) => `${ref}-${row}`);
          const { body } = await send('/v1/orders/bulk', refs.map(orderBody));
          for (const row of body.results) {
            expect(['applied', 'duplicate']).toContain(row.status);
            orders.set(row.external_ref, { order_id: row.order_id, status: 200 });
          }
        } else {
          const { status, body } = await send('/v1/orders', orderBody(ref), { idempotency });
          expect([200, 201], JSON.stringify(body)).toContain(status);
          orders.set(ref, { order_id: body.order_id, status });
        }
      }
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));

    for (let kill = 0; kill < KILLS; kill += 1) {
      const mark = orders.size + 30 + chance.below(120);
      await until(() => orders.size >= mark, 60);
      api.killNow();
      await api.ended;
      api = startApi();
      await api.says('the API runs');
    }
    const last = orders.size;
    await until(() => orders.size >= last + 20, 60);
    isOver = true;
    await clients;

    const stored = await harness.owner
      .selectFrom('orders')
      .select(['external_ref', 'order_id'])
      .execute();
    const acknowledged = new Map([...orders].map(([ref, { order_id }]) => [ref, order_id]));
    expect(new Map(stored.map((row) => [row.external_ref, row.order_id]))).toEqual(acknowledged);
    expect(stored).toHaveLength(orders.size);
    const { on_hand } = await harness.owner
      .selectFrom('stock')
      .select('on_hand')
      .executeTakeFirstOrThrow();
    expect(on_hand).toBe(receipts);
    const ref = [...orders.keys()].find((name) => name.startsWith('c2-'))!;
    const again = await send('/v1/orders', orderBody(ref), { idempotency: `"key-${ref}"` });
    expect({ order_id: again.body.order_id, status: again.status }).toEqual(orders.get(ref));
    console.info(`${KILLS} kills, ${orders.size} orders and ${receipts} receipts acknowledged`);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
