/**
 * A worker is killed with SIGKILL after each of its writes in turn, its commit included, and then at
 * random moments under load. Whatever was not committed is done again by the next; nothing is lost
 * and nothing happens twice.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { until } from '../workers/until.ts';
import { type CuttingProxy, startProxy } from './cutting-proxy.ts';
import { type PortolanProcess, startPortolan } from './processes.ts';
import { seededChance } from './seed.ts';

/** A write of the engine, as it passes over the wire: its own tables only, not the queue's. */
const TABLES = [
  ...['orders', 'order_lines', 'backorders', 'decisions', 'decision_batches', 'shipments'],
  ...['assignments', 'reservations', 'stock', 'stock_ledger', 'capacity_usage', 'quotes'],
  ...['exceptions', 'journal'],
];
const WRITE = new RegExp(`\\b(?:insert into|update) "?(?:${TABLES.join('|')})\\b`);

describe('a worker that is killed', () => {
  let harness: Harness;
  let proxy: CuttingProxy;
  const workers: PortolanProcess[] = [];

  beforeEach(async () => {
    harness = await startHarness({ clock: systemClock });
    proxy = await startProxy(harness.url);
    await harness.stock(
      { quantity: 500 },
      { quantity: 500, warehouse_id: 'warsaw' },
      { quantity: 500, sku_id: 'book' },
    );
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.end('SIGKILL');
    await proxy.close();
    await harness.close();
  });

  function startWorker(): PortolanProcess {
    const worker = startPortolan(['worker'], {
      DATABASE_URL: proxy.url,
      PORTOLAN_DECIDE_BATCH_ORDERS: '4',
    });
    workers.push(worker);
    return worker;
  }

  async function accept(count: number): Promise<void> {
    const orders = Array.from({ length: count }, (_, at) =>
      anOrder({ lines: [aLine(), aLine({ line_no: 2, sku_id: 'book', quantity: 1 + (at % 3) })] }),
    );
    const results = await acceptOrders(harness.engine, orders);
    expect(results.every((result) => result.status === 'applied')).toBe(true);
  }

  async function countWaiting(): Promise<number> {
    const waiting = await harness.owner
      .selectFrom('orders')
      .select('order_id')
      .where('state', '=', 'accepted')
      .execute();
    return waiting.length;
  }

  /** Each order was decided once, and holds exactly what it asked for. */
  async function expectEachDecidedOnce(): Promise<void> {
    const orders = await harness.owner
      .selectFrom('orders')
      .select(['state', 'decision_no'])
      .execute();
    expect(new Set(orders.map((order) => `${order.state} ${order.decision_no}`))).toEqual(
      new Set(['decided 1']),
    );
    expect(await harness.audit()).toEqual([]);
  }

  it('loses nothing and doubles nothing, killed after each write in turn', async () => {
    let reached = 0;
    let isThrough = false;
    for (let point = 1; !isThrough; point += 1) {
      // One batch at a time, so that each point is the next write of the same transaction.
      if ((await countWaiting()) === 0) await accept(2);
      const worker = startWorker();
      let writes = 0;
      proxy.watch((text, link) => {
        const isWrite = WRITE.test(text) || (writes > 0 && /\bcommit\b/i.test(text));
        if (!isWrite) return;
        writes += 1;
        if (writes !== point) return;
        worker.killNow();
        link.cut();
      });
      await until(async () => !worker.isRunning() || (await countWaiting()) === 0, 60);
      isThrough = worker.isRunning();
      proxy.watch(null);
      await worker.end('SIGKILL');
      reached = point;
    }
    console.info(`killed after each of ${reached - 1} writes of a decision`);

    expect(reached).toBeGreaterThan(8);
    await expectEachDecidedOnce();
  });

  it('loses nothing and doubles nothing, killed at random under load', async () => {
    const chance = seededChance('moments at which a worker is killed');
    for (let kill = 0; kill < 4; kill += 1) {
      const pair = [startWorker(), startWorker()];
      await Promise.all(pair.map((worker) => worker.says('workers answer')));
      const victim = pair[chance.below(2)]!;
      let writes = 0;
      const fatal = 1 + chance.below(60);
      proxy.watch((text) => {
        writes += WRITE.test(text) ? 1 : 0;
        if (writes === fatal) victim.killNow();
      });
      for (let burst = 0; burst < 5; burst += 1) await accept(1 + chance.below(8));
      await until(async () => (await countWaiting()) === 0, 60);
      proxy.watch(null);
      for (const worker of pair) await worker.end('SIGKILL');
    }

    await expectEachDecidedOnce();
  });
});
