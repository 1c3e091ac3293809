/**
 * The queue holds no truth: it is dropped, flushed or away for a while under load, with a real
 * worker process on it, and every order is decided all the same, once.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { query } from '../postgres.ts';
import { flushRedis, type OwnRedis, ownRedis } from '../workers/redis-server.ts';
import { until } from '../workers/until.ts';
import { type PortolanProcess, startPortolan } from './processes.ts';

const HAS_REDIS = process.env.PORTOLAN_TEST_REDIS_URL !== undefined;
/** How long Redis is away; the 60 s by choice, a few seconds in every run. */
const OUTAGE_SECONDS = Number(process.env.PORTOLAN_TEST_OUTAGE_SECONDS ?? 4);
const BURSTS = 12;

describe('a queue that is lost', () => {
  let harness: Harness;
  let worker: PortolanProcess | null;
  let redis: OwnRedis | null;

  beforeEach(async () => {
    harness = await startHarness({ clock: systemClock });
    await harness.stock({ quantity: 1000 });
    worker = null;
    redis = null;
  });
  afterEach(async () => {
    await worker?.end('SIGKILL');
    await redis?.kill();
    await harness.close();
  });

  async function startWorker(settings: Record<string, string> = {}): Promise<void> {
    worker = startPortolan(['worker'], {
      DATABASE_URL: harness.url,
      PORTOLAN_WATCHDOG_SECONDS: '2',
      ...settings,
    });
    await worker.says('workers answer');
  }

  /** Accepts orders in bursts; `strike` happens in the middle of them. */
  async function acceptAround(strike: () => Promise<void>): Promise<void> {
    for (let burst = 0; burst < BURSTS; burst += 1) {
      const striking = burst === BURSTS / 2 ? strike() : Promise.resolve();
      const orders = Array.from({ length: 5 }, () => anOrder());
      const results = await acceptOrders(harness.engine, orders);
      expect(results.every((result) => result.status === 'applied')).toBe(true);
      await striking;
    }
  }

  async function expectEachDecidedOnce(): Promise<void> {
    const read = () =>
      harness.owner.selectFrom('orders').select(['state', 'decision_no']).execute();
    await until(async () => (await read()).every((order) => order.state !== 'accepted'), 60);
    const orders = await read();
    expect(orders).toHaveLength(BURSTS * 5);
    expect(orders.every((o) => o.state === 'decided' && o.decision_no === 1)).toBe(true);
    expect(worker?.isRunning()).toBe(true);
    expect(await harness.audit()).toEqual([]);
  }

  it('PostgreSQL: its schema is dropped under load, and every order is decided', async () => {
    await startWorker();

    await acceptAround(async () => {
      await query(harness.url, 'drop schema bullmq cascade');
    });

    await expectEachDecidedOnce();
  });

  it.skipIf(!HAS_REDIS)('Redis: FLUSHALL under load, and every order is decided', async () => {
    redis = await ownRedis();
    await startWorker({ REDIS_URL: redis.url });
    const { url } = redis;

    await acceptAround(() => flushRedis(url));

    await expectEachDecidedOnce();
  });

  it.skipIf(!HAS_REDIS)(
    `Redis: killed, away for ${OUTAGE_SECONDS} s and back empty, and every order is decided`,
    async () => {
      redis = await ownRedis();
      await startWorker({ REDIS_URL: redis.url });
      const server = redis;

      await acceptAround(() => server.kill());
      await pause(OUTAGE_SECONDS * 1000);
      await server.start();

      await expectEachDecidedOnce();
    },
  );
});
