/**
 * A Redis that is killed and comes back empty after a while, longer than a worker's blocking read
 * (the case in which BullMQ 6.0 to 6.1 never resumed). PORTOLAN_TEST_OUTAGE_SECONDS lengthens it.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { stopwatch } from '../../src/runtime/clock.ts';
import { startWorkers } from '../../workers/worker.ts';
import { startHarness } from '../harness.ts';
import { ownRedis } from './redis-server.ts';
import { until } from './until.ts';
import { acceptOrder, takeOrders } from './waiting-orders.ts';

const OUTAGE_SECONDS = Number(process.env.PORTOLAN_TEST_OUTAGE_SECONDS ?? 7);
/** The outage, and as long again as every other test may take. */
const LIMIT_MS = (OUTAGE_SECONDS + 60) * 1000;
const HAS_REDIS = spawnSync('redis-server', ['--version']).error === undefined;

describe.skipIf(HAS_REDIS)('a Redis outage', () => {
  it.skip('skipped: there is no redis-server on this machine', () => {});
});

describe.skipIf(!HAS_REDIS)('a Redis outage', () => {
  it('keeps no order from being taken in, and ends by itself', { timeout: LIMIT_MS }, async () => {
    const redis = await ownRedis();
    const config = { redis_url: redis.url, sweep_interval_ms: 200 };
    const harness = await startHarness({ config });
    const decided = { count: 0 };
    const workers = startWorkers(harness.engine, { handlers: takeOrders(harness, decided) });
    try {
      await acceptOrder(harness);
      await until(() => decided.count === 1);

      await redis.kill();
      await acceptOrder(harness);
      await pause(OUTAGE_SECONDS * 1000);
      await acceptOrder(harness);
      await redis.start();
      const sinceBack = stopwatch();

      await until(() => decided.count === 3, 30);
      expect(sinceBack()).toBeLessThan(15);
      await acceptOrder(harness);
      await until(() => decided.count === 4);
    } finally {
      await workers.stop();
      await redis.kill();
      await harness.close({ audit: false });
    }
  });

  it('does not keep the workers from starting, or from stopping', async () => {
    const redis = await ownRedis();
    await redis.kill();
    const harness = await startHarness({ config: { redis_url: redis.url } });
    const decided = { count: 0 };
    await acceptOrder(harness);

    const early = startWorkers(harness.engine, { handlers: takeOrders(harness, decided) });
    await early.stop();
    const workers = startWorkers(harness.engine, { handlers: takeOrders(harness, decided) });
    expect(workers.isReady()).toBe(false);
    await redis.start();

    await until(() => decided.count === 1, 20);
    await workers.stop();
    await redis.kill();
    await harness.close({ audit: false });
  });
});
