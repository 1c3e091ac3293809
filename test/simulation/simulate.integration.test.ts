/**
 * Simulated parties on a real engine, over real HTTP: every order that they place is over in the end,
 * whatever they did to it on the way, and the data are sound.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import type { Network } from '../../src/domain/network.ts';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { heldClock, systemClock } from '../../src/runtime/clock.ts';
import { EngineRefuses, type Progress, simulate } from '../../src/simulation/simulate.ts';
import { startWorkers, type Workers } from '../../workers/worker.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

const seed = Number(process.env.PORTOLAN_TEST_SEED ?? 7);
const ORDERS = 60;
/** Half a day a second. */
const SPEED = 12 * 3600;
const from = Temporal.Instant.from('2026-05-12T07:00:00Z');

/** Doors in one country, by postal code; time enough for a slow machine to answer in. */
function theNetwork(): Network {
  const network = aNetwork();
  return aNetwork({
    policy: { lease_seconds: 5 * SPEED, quote_seconds: 5 * SPEED, decision_seconds: 86_400 },
    platforms: [{ id: 'shop' }],
    zones: network.zones.filter((zone) => zone.id === 'nl'),
    services: network.services.map((service) => ({
      ...service,
      lanes: service.lanes.map(({ zones: _zones, warehouses: _from, ...lane }) => lane),
    })),
  });
}

describe(`a simulation (seed ${seed}; PORTOLAN_TEST_SEED sets it)`, () => {
  const clock = heldClock({ speed: SPEED, start: from });
  let harness: Harness;
  let workers: Workers;
  let close: () => Promise<unknown>;
  let origin: string;

  beforeEach(async () => {
    harness = await startHarness({ clock, network: theNetwork() });
    const app = await buildApp(harness.engine);
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
    workers = startWorkers(harness.engine);
    close = () => app.close();
  });
  afterEach(async () => {
    await workers.stop();
    await close();
    await harness.close();
  });

  it('brings every order to its end, and leaves nothing that the auditor minds', async () => {
    const { key } = await createKey(harness.engine, { role: 'operator', party_id: '*' });
    const phases: Progress['phase'][] = [];

    const end = await simulate({
      ...{ origin, operator_key: key, clock, seed, orders: ORDERS, from, with_stock: true },
      ...{ orders_per_day: ORDERS, poll_seconds: 20, stopping: new AbortController().signal },
      onProgress: ({ phase }) => phases.push(phase),
      onReady: async () => clock.release(systemClock.now()),
    });

    const over = ['delivered', 'cancelled', 'failed'].map((state) => end.states.get(state) ?? 0);
    expect(end.posted).toBe(ORDERS);
    expect(over.reduce((sum, count) => sum + count, 0)).toBe(ORDERS);
    expect(end.states.get('delivered')).toBeGreaterThan(ORDERS / 2);
    expect(end.notes.get('offers: accept')).toBeGreaterThan(ORDERS / 2);
    expect(phases[0]).toBe('preparing');
    const stored = await harness.owner.selectFrom('orders').select('state').execute();
    expect(stored).toHaveLength(ORDERS);
  });

  it('says why the engine does not let it begin', async () => {
    const run = simulate({
      ...{ origin, operator_key: 'ptl_unknown', clock, seed, orders: 1, from, with_stock: false },
      ...{ orders_per_day: 1, poll_seconds: 20, stopping: new AbortController().signal },
      onProgress: () => {},
    });

    await expect(run).rejects.toBeInstanceOf(EngineRefuses);
  });

  it('ends when it is told to, in the middle of it', async () => {
    const { key } = await createKey(harness.engine, { role: 'operator', party_id: '*' });
    const stopping = new AbortController();

    const end = await simulate({
      ...{ origin, operator_key: key, clock, seed, orders: null, from: clock.now() },
      ...{ orders_per_day: 20, poll_seconds: 20, with_stock: false, stopping: stopping.signal },
      onProgress: ({ phase }) => {
        if (phase === 'running') stopping.abort();
      },
    });

    expect(end.phase).toBe('ended');
  });
});
