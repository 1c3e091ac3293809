/**
 * The embedded database is killed with SIGKILL under load. `portolan start` brings it back; every
 * order that was acknowledged is there and decided, and no retry made a second one.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAudit } from '../../db/audit.ts';
import { openDatabase } from '../../db/database.ts';
import { until } from '../workers/until.ts';
import { type PortolanProcess, startPortolan } from './processes.ts';

const ORDERS = 80;
const CLIENTS = 6;

describe('an embedded database that is killed', () => {
  let data_dir: string;
  let portolan: PortolanProcess;
  let base: string;
  let keys: Map<string, string>;

  beforeEach(async () => {
    data_dir = mkdtempSync(join(tmpdir(), 'portolan-fault-'));
    portolan = startPortolan(['start'], {
      PORTOLAN_DATA_DIR: data_dir,
      PORTOLAN_LOG_LEVEL: 'debug',
    });
    await portolan.says('Portolan is running');
    base = /page\s+(http:\S+)\//.exec(portolan.said())![1]!;
    const kept = JSON.parse(readFileSync(join(data_dir, 'keys.json'), 'utf8')).keys;
    keys = new Map(kept.map((key: { role: string; key: string }) => [key.role, key.key]));
  });
  afterEach(async () => {
    await portolan.end('SIGTERM');
    rmSync(data_dir, { recursive: true, force: true });
  });

  async function post(role: string, path: string, body: object): Promise<Response> {
    return await fetch(`${base}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${keys.get(role)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  }

  /** Posts an order as a shop does: again and again until it is acknowledged. */
  async function place(external_ref: string): Promise<string> {
    const body = {
      external_ref,
      destination: { country: 'KR', postal_code: '04524' },
      lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }],
    };
    for (;;) {
      const answer = await post('platform', '/v1/orders', body).catch(() => null);
      if (answer?.ok) return ((await answer.json()) as { order_id: string }).order_id;
      if (answer !== null && answer.status < 500) throw new Error(await answer.text());
      await pause(50);
    }
  }

  it('comes back by itself, with every acknowledged order, none doubled', async () => {
    const receipt = { receipt_ref: 'r-1', lines: [{ sku_id: 'mug', quantity: 500 }] };
    expect((await post('warehouse', '/v1/inbound/receipts', receipt)).ok).toBe(true);
    const acknowledged = new Map<string, string>();
    let next = 0;
    const client = async () => {
      while (next < ORDERS) {
        const external_ref = `o-${next++}`;
        acknowledged.set(external_ref, await place(external_ref));
      }
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));

    for (const mark of [ORDERS / 4, ORDERS / 2]) {
      await until(() => acknowledged.size >= mark, 60);
      process.kill(databasePid(), 'SIGKILL');
    }
    await clients;

    await expectAllDecided(acknowledged);
    expect(portolan.isRunning()).toBe(true);
    expect(await portolan.end('SIGTERM'), portolan.said().slice(-4000)).toBe(0);
  });

  const memory = () => JSON.parse(readFileSync(join(data_dir, 'embedded-database.json'), 'utf8'));

  /** The id of the server that our own `portolan start` runs. */
  function databasePid(): number {
    const file = join(memory().place, 'postgres', 'postmaster.pid');
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  }

  async function expectAllDecided(acknowledged: ReadonlyMap<string, string>): Promise<void> {
    const database = openDatabase({
      url: memory().url,
      pool_size: 2,
      statement_timeout_ms: 30_000,
    });
    const read = () =>
      database.engine.selectFrom('orders').select(['external_ref', 'order_id', 'state']).execute();
    try {
      await until(async () => (await read()).every((order) => order.state === 'decided'), 60);
      const orders = await read();
      expect(new Map(orders.map((order) => [order.external_ref, order.order_id]))).toEqual(
        acknowledged,
      );
      expect(orders).toHaveLength(ORDERS);
      expect(await runAudit(database)).toEqual([]);
    } finally {
      await database.close();
    }
  }
});
