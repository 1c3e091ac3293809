/**
 * Simulated parties on a real engine, over real HTTP: every order that they place is over in the end,
 * whatever they did to it on the way, the data are sound, and the same seed tells the same story,
 * however busy the machine is.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { engineAtRest } from '../../src/commands/engine-at-rest.ts';
import { type ServedApi, serveApi } from '../../src/commands/serve-api.ts';
import type { Network } from '../../src/domain/network.ts';
import { createKey } from '../../src/fulfillment/create-key.ts';
import { createClockFile, openClockHand, readClockFile } from '../../src/runtime/clock-file.ts';
import { EngineRefuses, type Progress, simulate } from '../../src/simulation/simulate.ts';
import { startWorkers, type Workers } from '../../workers/worker.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

const seed = Number(process.env.PORTOLAN_TEST_SEED ?? 7);
const ORDERS = 16;
/** A story lasts as long as the machine needs for it. */
const PATIENCE_MS = 180_000;
/** Faster than any machine: the pace is what the work takes. */
const SPEED = 1_000_000;
const from = Temporal.Instant.from('2026-05-12T07:00:00Z');

/** Doors in one country, by postal code. */
function theNetwork(): Network {
  const network = aNetwork();
  return aNetwork({
    policy: { lease_seconds: 1_800, answer_seconds: 600, quote_seconds: 7_200 },
    platforms: [{ id: 'shop' }],
    zones: network.zones.filter((zone) => zone.id === 'nl'),
    services: network.services.map((service) => ({
      ...service,
      lanes: service.lanes.map(({ zones: _zones, warehouses: _from, ...lane }) => lane),
    })),
  });
}

/** An engine whose clock waits for it, with all that runs beside it. */
interface Running {
  readonly harness: Harness;
  readonly workers: Workers;
  readonly api: ServedApi;
  readonly clock_file: string;
  close(): Promise<void>;
}

async function startEngine(): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-simulate-'));
  const clock_file = join(folder, 'clock');
  createClockFile(clock_file, from);
  const clock = readClockFile(clock_file, SPEED);
  const config = { tail_pause_ms: 3, port: 0, transit_learn_seconds: 86_400 };
  const harness = await startHarness({ clock, network: theNetwork(), config });
  const api = await serveApi(harness.engine);
  const workers = startWorkers(harness.engine);
  return {
    ...{ harness, workers, api, clock_file },
    close: async () => {
      await workers.stop();
      await api.close();
      await harness.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Runs the whole story on an engine of its own; tells what became of each order. */
async function tellStory(running: Running): Promise<{ end: Progress; story: unknown[] }> {
  const { harness, api, workers, clock_file } = running;
  const { key } = await createKey(harness.engine, { role: 'operator', party_id: '*' });
  const hand = openClockHand(clock_file);
  const stopping = new AbortController().signal;
  const atRest = () => engineAtRest({ engine: harness.engine, workers, api, stopping });
  const end = await simulate({
    ...{ origin: api.url, operator_key: key, seed, orders: ORDERS, from, with_stock: true },
    ...{ clock: harness.engine.clock, orders_per_day: ORDERS, poll_seconds: 20, stopping },
    pace: { hand, speed: SPEED, atRest },
    onProgress: () => {},
  });
  hand.close();
  const story = await harness.owner
    .selectFrom('orders')
    .leftJoin('shipments', 'shipments.order_id', 'orders.order_id')
    .select(['orders.external_ref', 'orders.state as order_state', 'orders.promise_at'])
    .select(['shipments.warehouse_id', 'shipments.service_id', 'shipments.state', 'tenders'])
    .select(['shipments.pickup_at', 'shipments.delivered_at', 'milestone_state'])
    .orderBy('external_ref')
    .orderBy('shipments.warehouse_id')
    .orderBy('shipments.delivered_at')
    .orderBy('shipments.pickup_at')
    .execute();
  return { end, story: story.map((row) => JSON.parse(JSON.stringify(row))) };
}

/** Takes the machine away from everybody else, again and again. */
function disturb(): () => void {
  const timer = setInterval(() => {
    const until = performance.now() + 8;
    while (performance.now() < until);
  }, 20);
  return () => clearInterval(timer);
}

describe(`a simulation (seed ${seed}; PORTOLAN_TEST_SEED sets it)`, () => {
  const running: Running[] = [];
  const start = async () => {
    running.push(await startEngine());
    return running.at(-1)!;
  };
  afterEach(async () => {
    for (const one of running.splice(0)) await one.close();
  });

  let quiet: Awaited<ReturnType<typeof tellStory>> | null = null;
  const tellQuietly = async () => {
    quiet ??= await tellStory(await start());
    return quiet;
  };

  it(
    'brings every order to its end, and leaves nothing that the auditor minds',
    async () => {
      const { end, story } = await tellQuietly();

      const over = ['delivered', 'cancelled', 'failed'].map((state) => end.states.get(state) ?? 0);
      expect(end.posted).toBe(ORDERS);
      expect(over.reduce((sum, count) => sum + count, 0)).toBe(ORDERS);
      expect(end.states.get('delivered')).toBeGreaterThan(ORDERS / 2);
      expect(end.notes.get('offers: accept')).toBeGreaterThan(ORDERS / 2);
      expect(new Set(story.map((row) => (row as { external_ref: string }).external_ref)).size).toBe(
        ORDERS,
      );
    },
    PATIENCE_MS,
  );

  it(
    'is the same story on a busy machine: parcels, pickups, deliveries, broken milestones',
    async () => {
      const told = await tellQuietly();
      const busy = await start();
      const leave = disturb();

      const disturbed = await tellStory(busy).finally(leave);

      expect(disturbed.story).toEqual(told.story);
      expect(disturbed.end.states).toEqual(told.end.states);
    },
    PATIENCE_MS,
  );

  it('says why the engine does not let it begin', async () => {
    const { api, harness } = await start();
    const run = simulate({
      ...{ origin: api.url, operator_key: 'ptl_unknown', clock: harness.engine.clock, seed },
      ...{ orders: 1, from, with_stock: false, orders_per_day: 1, poll_seconds: 20 },
      stopping: new AbortController().signal,
      onProgress: () => {},
    });

    await expect(run).rejects.toBeInstanceOf(EngineRefuses);
  });

  it('ends when it is told to, in the middle of it', async () => {
    const { api, harness } = await start();
    const { key } = await createKey(harness.engine, { role: 'operator', party_id: '*' });
    const stopping = new AbortController();

    const end = await simulate({
      ...{ origin: api.url, operator_key: key, clock: harness.engine.clock, seed, orders: null },
      ...{ from, orders_per_day: 20, poll_seconds: 20, with_stock: false },
      stopping: stopping.signal,
      onProgress: ({ phase }) => {
        if (phase === 'running') stopping.abort();
      },
    });

    expect(end.phase).toBe('ended');
  });
});
