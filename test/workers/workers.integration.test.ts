/**
 * The queues lose nothing, because they hold nothing: whatever happens to them, work that stands in
 * the database is done. Each guarantee is shown on PostgreSQL, and on Redis where there is one
 * (PORTOLAN_TEST_REDIS_URL).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../workers/handlers.ts';
import { startWorkers, type Workers } from '../../workers/worker.ts';
import { type Harness, startHarness } from '../harness.ts';
import { query } from '../postgres.ts';
import { flushRedis, plantRedisGhost } from './redis-server.ts';
import { until } from './until.ts';
import { acceptOrder, handlersWith, takeWaiting } from './waiting-orders.ts';

const REDIS_URL = process.env.PORTOLAN_TEST_REDIS_URL;
const BACKENDS = [
  { name: 'PostgreSQL', redis_url: undefined },
  ...(REDIS_URL === undefined ? [] : [{ name: 'Redis', redis_url: REDIS_URL }]),
];

/** Drops the queue's schema; a job that is just ending may win the deadlock, as over an operator. */
async function dropQueue(url: string): Promise<void> {
  for (;;) {
    try {
      await query(url, 'drop schema bullmq cascade');
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error;
    }
  }
}

describe.skipIf(REDIS_URL !== undefined)('workers on Redis', () => {
  it.skip('skipped: PORTOLAN_TEST_REDIS_URL names no Redis', () => {});
});

describe.each(BACKENDS)('workers on $name', ({ redis_url }) => {
  let harness: Harness;
  let workers: Workers | null;
  /** How often the stand-in for the decide step ran, and how much it found. */
  let runs: number;
  let decided: { count: number };

  beforeEach(async () => {
    const config = {
      redis_url,
      sweep_interval_ms: 200,
      watchdog_seconds: 2,
      queue_lock_seconds: 3,
    };
    harness = await startHarness({ config });
    workers = null;
    runs = 0;
    decided = { count: 0 };
    if (redis_url !== undefined) await flushRedis(redis_url);
  });
  afterEach(async () => {
    await workers?.stop();
    await harness.close({ audit: false });
  });

  /** A stand-in for the decide step: takes everything that waits, in one go. */
  const decideAll = async () => {
    runs += 1;
    return await takeWaiting(harness, decided);
  };
  const start = (decideOrders: Step = decideAll): void => {
    workers = startWorkers(harness.engine, { handlers: handlersWith(decideOrders) });
  };

  it('does what was owed before they started', async () => {
    await acceptOrder(harness, { ring: false });

    start();

    await until(() => decided.count === 1);
  });

  it('hears a ring at once, long before the sweep', async () => {
    const slow = { ...harness.engine.config, sweep_interval_ms: 60_000 };
    harness = { ...harness, engine: { ...harness.engine, config: slow } };
    start();
    await until(() => workers?.isReady() === true);

    await acceptOrder(harness);

    await until(() => decided.count === 1, 5);
  });

  it('coalesces many rings into few jobs', async () => {
    start();
    await until(() => workers?.isReady() === true);

    const orders = 60;
    await Promise.all(Array.from({ length: orders }, () => acceptOrder(harness)));

    await until(() => decided.count === orders);
    expect(runs).toBeLessThan(orders);
  });

  it('runs a failed step again, and lets the other queues go on', async () => {
    let failures = 0;
    start(async () => {
      if (failures === 2) return await decideAll();
      failures += 1;
      throw new Error('a bug');
    });
    await acceptOrder(harness);

    await until(() => decided.count === 1);
    expect(failures).toBe(2);
  });

  it('recovers by itself when the queue is wiped', async () => {
    start();
    await acceptOrder(harness);
    await until(() => decided.count === 1);

    if (redis_url === undefined) await dropQueue(harness.url);
    else await flushRedis(redis_url);
    await acceptOrder(harness);

    await until(() => decided.count === 2, 20);
    await acceptOrder(harness);
    await until(() => decided.count === 3, 20);
  });

  it('takes a wedged queue for broken and connects anew', async () => {
    start();
    await until(() => workers?.isReady() === true);

    await acceptOrder(harness);
    await until(() => decided.count === 1);

    // A job that vanished and left its deduplication key: every later bell is swallowed.
    await plantGhost(harness.url, redis_url);
    await acceptOrder(harness);

    await until(() => decided.count === 2, 20);
  });

  it('finishes the batch in hand when stopped, and takes no other', async () => {
    let isRunning = false;
    let wasFinished = false;
    const gate = Promise.withResolvers<void>();
    start(async () => {
      isRunning = true;
      await gate.promise;
      wasFinished = true;
      return { done: 1, more: true };
    });
    await acceptOrder(harness);
    await until(() => isRunning);

    const stopped = workers?.stop();
    isRunning = false;
    gate.resolve();
    await stopped;

    expect(wasFinished).toBe(true);
    expect(isRunning).toBe(false);
  });
});

/** Puts back the deduplication key of the last job, as if that job had never ended. */
async function plantGhost(url: string, redis_url: string | undefined): Promise<void> {
  if (redis_url !== undefined) {
    await plantRedisGhost(redis_url, 'decide');
    return;
  }
  const keys = 'select from bullmq.dedup';
  await until(async () => (await query(url, keys)).rowCount === 0);
  await query(
    url,
    `insert into bullmq.dedup (queue, dedup_id, job_id)
     select queue, dedup_id, id from bullmq.job where queue = 'decide' and dedup_id is not null
     limit 1`,
  );
}
