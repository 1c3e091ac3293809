/** The parts of a demo: an emptied database, an engine on a fast clock, and the simulation beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recreateDatabase } from '../../db/recreate-database.ts';
import { startWorkers } from '../../workers/worker.ts';
import { applyNetwork } from '../fulfillment/apply-network.ts';
import { EVERY_PARTY } from '../fulfillment/create-key.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { type HeldClock, heldClock, systemClock } from '../runtime/clock.ts';
import { type Config, childEnvironment, settingsText } from '../runtime/config.ts';
import { runningDatabaseUrl } from '../runtime/embedded-database.ts';
import type { Logger } from '../runtime/log.ts';
import { generateNetwork } from '../simulation/network/generate-network.ts';
import { Trouble } from './command.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';
import { openEngine } from './open-engine.ts';
import { serveApi } from './serve-api.ts';
import { keepStarterKeys, type ShownKey } from './starter.ts';
import type { Opened } from './stopping.ts';

/** What the command line asks for. */
export interface DemoOptions {
  /** Orders to place; null = on and on. */
  readonly orders: number | null;
  /** End by itself. */
  readonly exits: boolean;
  readonly seed: number;
  readonly scale: number;
  readonly speed: number;
  readonly orders_per_day: number;
}

/** When the story begins: a Tuesday morning in Korea, with no holiday for weeks. */
const STORY_START = Temporal.Instant.from('2026-05-12T07:00:00+09:00');
/**
 * Times (s of the machine) that the policy of a demo gives to whatever runs on it: to a decision, to a
 * carrier's answer, to a buyer who has been offered dates.
 */
const DECISION_SECONDS = 15;
const LEASE_SECONDS = 5;
const QUOTE_SECONDS = 5;
const POLL_SECONDS = 240;
/** The longest budget that a policy may name. */
const DAY_SECONDS = 86_400;
/** Read it with `node --env-file`. */
const SETTINGS_FILE = 'settings.env';
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The settings of a demo: its own folder and database, its own time. */
export function demoConfig(given: Config, speed: number): Config {
  const log_level = given.log_level === 'info' ? 'warn' : given.log_level;
  return Object.freeze({
    ...given,
    data_dir: join(given.data_dir, 'demo'),
    database_url: undefined,
    redis_url: undefined,
    log_level,
    // Hundreds of parties poll; most of them have nothing to do most of the time.
    long_poll_max_seconds: POLL_SECONDS,
    clock_speed: speed,
    clock_start: STORY_START,
  });
}

/** Opens everything; `simulated` resolves when the simulation is over by itself. */
export async function openDemo(
  given: Config,
  log: Logger,
  opened: Opened,
  options: DemoOptions,
): Promise<{ engine: Engine; simulated: Promise<void> }> {
  if (runningDatabaseUrl(given.data_dir) !== null) {
    throw new Trouble(`another demo runs on ${given.data_dir}: stop it first`);
  }
  process.stderr.write(`  starting a database in ${given.data_dir}\n`);
  const database = await findDatabase(given, log, { mayShare: false, mayStart: true });
  opened('database', () => database.stop());
  await recreateDatabase(database.url);
  await migrateWhenReady(database.url, log);
  const clock = heldClock({ speed: options.speed, start: STORY_START });
  const engine = openEngine(given, database.url, log, clock);
  opened('database connections', () => engine.database.close());
  process.stderr.write(`  making the network of seed ${options.seed}, scale ${options.scale}\n`);
  await applyDemoNetwork(engine, options);
  const keys = await keepStarterKeys(engine);
  const workers = startWorkers(engine);
  opened('workers', () => workers.stop());
  const api = await serveApi(engine);
  opened('API', () => api.close());
  process.stdout.write(banner(api.url, keys, options));
  const stage = { config: given, clock, database_url: database.url, url: api.url };
  return { engine, simulated: startSimulation(stage, opened, options) };
}

async function applyDemoNetwork(
  engine: Engine,
  { seed, scale, speed }: DemoOptions,
): Promise<void> {
  // The engine's clock is what a deadline is stored by; the machine is what works towards it.
  const onClock = (seconds: number) => Math.min(seconds * speed, DAY_SECONDS);
  const document = generateNetwork({
    seed,
    scale,
    decision_seconds: onClock(DECISION_SECONDS),
    lease_seconds: onClock(LEASE_SECONDS),
    quote_seconds: onClock(QUOTE_SECONDS),
  });
  await applyNetwork(engine, { document, applied_by: `operator:${EVERY_PARTY}` });
}

/** What the simulation is started on. */
interface Stage {
  readonly config: Config;
  readonly clock: HeldClock;
  readonly database_url: string;
  readonly url: string;
}

/** In a process of its own, as other parties are: it has the interface and nothing else. */
async function startSimulation(
  { config, clock, database_url, url }: Stage,
  opened: Opened,
  { seed, orders, orders_per_day }: DemoOptions,
): Promise<void> {
  const { data_dir, clock_speed, clock_start, long_poll_max_seconds } = config;
  const shared = { data_dir, clock_speed, clock_start, long_poll_max_seconds };
  const words = ['--url', url, '--seed', String(seed), '--per-day', String(orders_per_day)];
  if (orders !== null) words.push('--orders', String(orders));
  const child = spawn(process.execPath, [MAIN, 'simulate', '--stock', ...words], {
    // Until its clock is let go it needs no origin; the system's own stands in for one.
    env: childEnvironment({ ...shared, clock_origin: systemClock.now() }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  let isStopping = false;
  opened('simulation', async () => {
    isStopping = true;
    child.kill('SIGTERM');
    await exited;
  });
  child.once('message', () => {
    const clock_origin = systemClock.now();
    clock.release(clock_origin);
    child.send(clock_origin.toString());
    keepSettings({ ...shared, database_url, clock_origin });
  });
  const [code, signal] = await exited;
  // Then it is the demo that ends, and waits for nothing more.
  if (isStopping) await new Promise(() => {});
  if (code !== 0) {
    throw new Trouble(`the simulation has ended unexpectedly (${signal ?? `exit code ${code}`})`);
  }
}

/** For those who start more processes of this engine: they must share its database and its clock. */
function keepSettings(settings: Partial<Config> & { readonly data_dir: string }): void {
  const path = join(settings.data_dir, SETTINGS_FILE);
  writeFileSync(path, settingsText(settings), { mode: 0o600 });
}

function banner(url: string, keys: readonly ShownKey[], { speed }: DemoOptions): string {
  const operator = keys.find((key) => key.role === 'operator')?.key ?? '';
  const minutes = Math.round((1440 / speed) * 100) / 100;
  return `
  The demo is running: a day takes ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.

    page      ${url}/#key=${operator}
    API docs  ${url}/docs

    operator  ${operator}

  Ctrl-C ends it.

`;
}
