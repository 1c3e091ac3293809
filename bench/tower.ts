/**
 * The control tower at its size: 100,000 open parcels on the map and 200 events a second, in a headless
 * Chromium without a graphics card. Measured are the frames that are really drawn, what loading the state
 * costs, and what the page's questions cost the server once it is loaded.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { inTransaction, openOwner } from '../db/database.ts';
import { appendEvents } from '../db/journal.ts';
import { migrate } from '../db/migrate.ts';
import { buildApp } from '../src/api/app.ts';
import { openEngine } from '../src/commands/open-engine.ts';
import { applyNetwork } from '../src/fulfillment/apply-network.ts';
import { createKey } from '../src/fulfillment/create-key.ts';
import type { Engine } from '../src/fulfillment/engine.ts';
import { loadConfig } from '../src/runtime/config.ts';
import { startEmbeddedDatabase } from '../src/runtime/embedded-database.ts';
import { createLog } from '../src/runtime/log.ts';
import { openPage, startChromium } from '../test/tower/chromium.ts';
import { generateNetwork } from './generate-network.ts';
import { openResults } from './results.ts';

const PARCELS = 100_000;
const EVENTS_PER_SECOND = 200;
const SECONDS = 20;
const SIZE = { seed: 7, warehouses: 60, services: 300, zones: 250, skus: 200, carriers: 60 };

const results = openResults('tower', 'npm run bench:tower -- --record');
const folder = mkdtempSync(join(tmpdir(), 'portolan-tower-'));
const config = { ...loadConfig({}), log_level: 'warn' as const, data_dir: folder };
const log = createLog(config, 'bench', process.stderr);
const embedded = await startEmbeddedDatabase({ data_dir: folder, log });
try {
  await migrate(embedded.url);
  const engine = openEngine(config, embedded.url, log);
  const document = generateNetwork(SIZE);
  await applyNetwork(engine, { document, applied_by: 'operator:*' });
  await plantParcels(embedded.url, document.warehouses.length);
  const app = await buildApp(engine);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { key } = await createKey(engine, { role: 'operator', party_id: '*' });
  await measureAnswers(url, key);
  await measureFrames(engine, url, key);
  await app.close();
  await engine.database.close();
  results.save();
} finally {
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Open parcels as many days of work leave them: some in the house, most on their way, a few late. */
async function plantParcels(database_url: string, warehouses: number): Promise<void> {
  const owner = openOwner(database_url);
  await sql`
    insert into shipments (shipment_id, order_id, decision_no, platform_id, warehouse_id, carrier_id,
      service_id, zone_id, state, version, destination, weight_grams, cost, capacity, network_version,
      planned_at, pick_from, pickup_at, promise_at, expected_at, milestone_due, milestone_met,
      milestone_state, next_due_at)
    select gen_random_uuid(), gen_random_uuid(), 1, 'SHOP', format('WH-%s', lpad(w::text, 5, '0')),
      format('CARRIER-%s', lpad((n % 60)::text, 5, '0')), 'SERVICE', format('ZONE-%s', n % 250),
      case when n % 4 = 0 then 'released' else 'in_transit' end, 1,
      json_build_object('country', 'DE', 'postal_code', '1', 'position',
        json_build_array(-4 + random() * 20, 40 + random() * 14)),
      500, '{}', '[]', 1, now(), now(), now() - random() * interval '20 hours',
      now() + interval '20 hours', now() + random() * interval '20 hours',
      array_fill(now() + interval '10 hours', array[7]),
      array_fill(null::timestamptz, array[7]),
      array_fill(case when n % 50 = 0 then 'breached' when n % 20 = 0 then 'at_risk' else 'open' end,
        array[7]),
      now() + interval '5 hours'
    from generate_series(1, ${PARCELS}) n, lateral (select n % ${warehouses} as w) wh`.execute(
    owner,
  );
  await sql`analyze shipments`.execute(owner);
  await owner.destroy();
}

async function measureAnswers(url: string, key: string): Promise<void> {
  const timed = async (path: string) => {
    const from = performance.now();
    const response = await fetch(`${url}/v1/tower/${path}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const body = await response.text();
    return { ms: performance.now() - from, bytes: body.length };
  };
  const first = await timed('figures');
  results.add('first viewer waits', first.ms, 'ms', { most: 10_000 });
  for (const path of ['figures', 'map', 'at-risk', 'parcels']) {
    const times = [];
    for (let at = 0; at < 20; at += 1) times.push((await timed(path)).ms);
    results.add(`${path}: p50`, times.sort((a, b) => a - b)[10]!, 'ms');
  }
}

async function measureFrames(engine: Engine, url: string, key: string): Promise<void> {
  const browser = await startChromium();
  const { page, errors } = await openPage(browser);
  const from = performance.now();
  await page.goto(`${url}/#key=${key}`);
  await page.locator('.pill[data-state="live"]').waitFor({ timeout: 60_000 });
  results.add('page is live after', performance.now() - from, 'ms', { most: 15_000 });
  await pause(3000);
  const cpu = process.cpuUsage();
  const over = new AbortController();
  const events = makeEvents(engine, over.signal);
  // A frame counts when the parcels were drawn anew, not when the browser asked for it.
  const frames = (await page.evaluate(`new Promise((done) => {
    const at = [];
    const draw = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...image) {
      at.push(performance.now());
      draw.apply(this, image);
    };
    setTimeout(() => done(at), ${SECONDS * 1000});
  })`)) as number[];
  over.abort();
  const made = await events;
  const spent = process.cpuUsage(cpu);
  const gaps = frames.slice(1).map((at, index) => at - frames[index]!);
  gaps.sort((a, b) => a - b);
  const seconds = (frames.at(-1)! - frames[0]!) / 1000;
  results.add('events made', made / seconds, '1/s', { least: EVENTS_PER_SECOND * 0.9 });
  results.add('frames', gaps.length / seconds, '1/s', { least: 30 });
  results.add('frame p50', gaps[Math.floor(gaps.length / 2)]!, 'ms');
  results.add('frame p95', gaps[Math.floor(gaps.length * 0.95)]!, 'ms');
  results.add(
    'server CPU with one viewer',
    ((spent.user + spent.system) / 1e6 / seconds) * 100,
    '%',
  );
  if (errors.length > 0) throw new Error(errors.join('\n'));
  await browser.close();
}

/** Parcels hand over, move and arrive: rows and events as the steps write them. */
async function makeEvents(engine: Engine, over: AbortSignal): Promise<number> {
  const { rows } = await inTransaction(
    engine.database,
    async (tx) =>
      await sql<{
        shipment_id: string;
        order_id: string;
        warehouse_id: string;
        carrier_id: string;
      }>`
        select shipment_id, order_id, warehouse_id, carrier_id from shipments
        limit ${EVENTS_PER_SECOND * SECONDS * 2}`.execute(tx),
  );
  let made = 0;
  const share = EVENTS_PER_SECOND / 10;
  const started = performance.now();
  while (!over.aborted) {
    const wanted = Math.floor(((performance.now() - started) / 1000) * EVENTS_PER_SECOND);
    while (made < wanted && made + share < rows.length) {
      const some = rows.slice(made, made + share);
      const state = made % (4 * share) === 0 ? 'delivered' : 'out_for_delivery';
      await inTransaction(engine.database, async (tx) => {
        const at = engine.clock.now();
        await sql`update shipments set state = ${state}, version = 2,
          delivered_at = case when ${state} = 'delivered' then ${at.toString()}::timestamptz end
          where shipment_id = any(${some.map((row) => row.shipment_id)}::uuid[])`.execute(tx);
        await appendEvents(
          tx,
          some.map(({ shipment_id, ...row }) => ({
            ...{ entity: 'shipment', entity_id: shipment_id, version: 2, at, ...row },
            ...{ type: `shipment.${state}`, data: { state } },
          })),
        );
      });
      made += share;
    }
    await pause(20);
  }
  return made;
}
