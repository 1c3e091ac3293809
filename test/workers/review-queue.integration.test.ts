/**
 * The queue `review` by the real handlers: what waits is decided again and tried under the policy in
 * shadow, on PostgreSQL, and on Redis where there is one (PORTOLAN_TEST_REDIS_URL).
 */
import { afterEach, describe, expect, it } from 'vitest';
import { createPolicy } from '../../src/fulfillment/create-policy.ts';
import { movePolicy } from '../../src/fulfillment/move-policy.ts';
import { startWorkers, type Workers } from '../../workers/worker.ts';
import { contendedNetwork, contendedOrders, openSenders } from '../fulfillment/contended-orders.ts';
import { type Harness, startHarness } from '../harness.ts';
import { flushRedis } from './redis-server.ts';
import { until } from './until.ts';

const REDIS_URL = process.env.PORTOLAN_TEST_REDIS_URL;
const BACKENDS = [
  { name: 'PostgreSQL', redis_url: undefined },
  ...(REDIS_URL === undefined ? [] : [{ name: 'Redis', redis_url: REDIS_URL }]),
];

describe.each(BACKENDS)('the review queue on $name', ({ redis_url }) => {
  let harness: Harness;
  let workers: Workers | undefined;
  afterEach(async () => {
    await workers?.stop();
    await harness.close();
  });

  it('decides again what was split, and tries what is in shadow', async () => {
    if (redis_url !== undefined) await flushRedis(redis_url);
    harness = await startHarness({ network: contendedNetwork(), config: { redis_url } });
    const told = { by: 'operator:test', request_id: 'r-1' };
    const made = await createPolicy(harness.engine, {
      ...told,
      name: 'one',
      rules: { split_limit: 1 },
    });
    await movePolicy(harness.engine, { ...told, policy_id: made.policy_id, to: 'shadow' });
    const { split } = await contendedOrders(harness);

    workers = startWorkers(harness.engine, { queues: ['review'] });

    const trials = async () =>
      await harness.owner.selectFrom('policy_trials').selectAll().execute();
    await until(async () => (await openSenders(harness, split[0]!)).length === 1, 60);
    await until(async () => (await trials()).length >= 2, 60);
    expect((await trials()).every(({ policy_id }) => policy_id === made.policy_id)).toBe(true);
  });
});
