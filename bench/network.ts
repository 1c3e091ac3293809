/**
 * A new network of full size, from its import to the moment when every process works with it: an API and
 * a worker as processes of their own on one database, both idle, asked by `/metrics` for the version
 * that they serve. The API is also asked whether it lives, all the while.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrate } from '../db/migrate.ts';
import { openEngine } from '../src/commands/open-engine.ts';
import { createKey } from '../src/fulfillment/create-key.ts';
import { loadConfig } from '../src/runtime/config.ts';
import { startEmbeddedDatabase } from '../src/runtime/embedded-database.ts';
import { createLog } from '../src/runtime/log.ts';
import { generateNetwork as generateCountry } from '../src/simulation/network/generate-network.ts';
import { endChild, freePort, spawnRole, waitUntilReady } from './engine-processes.ts';
import { generateNetwork } from './generate-network.ts';
import { openResults } from './results.ts';

const ROUNDS = 5;
const LOOK_MS = 10;
const NETWORKS = {
  'a shop of three': () => generateCountry({ seed: 1, scale: 1 }),
  'full size': () =>
    generateNetwork({
      seed: 3,
      warehouses: 1_000,
      services: 10_000,
      zones: 500,
      skus: 5_000,
      carriers: 3_000,
    }),
  'a country with line-haul': () => generateCountry({ seed: 1, scale: 10 }),
};

const results = openResults('network', 'npm run bench:network -- --record');
const folder = mkdtempSync(join(tmpdir(), 'portolan-network-'));
const config = { ...loadConfig({}), log_level: 'warn' as const, data_dir: folder };
const log = createLog(config, 'bench', process.stderr);
const embedded = await startEmbeddedDatabase({ data_dir: folder, log });
const ports = [await freePort(), await freePort()];
const origins = ports.map((port) => `http://127.0.0.1:${port}`);
await migrate(embedded.url);
const roles = ['api', 'worker'].map((role, i) => spawnRole(role, embedded.url, ports[i]!));
try {
  for (const origin of origins) await waitUntilReady(origin, roles);
  const engine = openEngine(config, embedded.url, log);
  const { key } = await createKey(engine, { role: 'operator', party_id: '*' });
  await engine.database.close();
  for (const [name, make] of Object.entries(NETWORKS)) await measure(name, make(), key);
  results.save();
} finally {
  await Promise.all(roles.map(endChild));
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(name: string, document: object, key: string): Promise<void> {
  const taken: number[] = [];
  const stalls: number[] = [];
  let megabytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const body = JSON.stringify({ ...document, name: `${name} ${round}` });
    megabytes = body.length / 1e6;
    const life = watchLife(origins[0]!);
    const version = await put(body, key);
    const started = performance.now();
    await Promise.all(origins.map((origin) => untilServes(origin, version)));
    taken.push(performance.now() - started);
    stalls.push(await life.end());
  }
  const by = (a: number, b: number) => a - b;
  results.add(`${name}: document`, megabytes, 'MB');
  results.add(`${name}: taken over by all: p50`, taken.sort(by)[ROUNDS >> 1]!, 'ms');
  results.add(`${name}: taken over by all: slowest`, taken.at(-1)!, 'ms', { most: 1000 });
  results.add(`${name}: longest wait for /livez`, stalls.sort(by).at(-1)!, 'ms');
}

async function put(body: string, key: string): Promise<number> {
  const answer = await fetch(`${origins[0]}/v1/network`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`PUT /v1/network: ${answer.status} ${text.slice(0, 500)}`);
  return JSON.parse(text).version;
}

/** Resolves when a process says that it serves a version. */
async function untilServes(origin: string, version: number): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    if (metrics.includes(`\nportolan_network_version ${version}\n`)) return;
    await pause(LOOK_MS);
  }
}

/** Asks again and again whether a process lives; the end tells the longest answer (ms). */
function watchLife(origin: string): { end(): Promise<number> } {
  let isOver = false;
  let longest = 0;
  const watching = (async () => {
    while (!isOver) {
      const asked = performance.now();
      await (await fetch(`${origin}/livez`)).text();
      longest = Math.max(longest, performance.now() - asked);
      await pause(LOOK_MS);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return longest;
    },
  };
}
