/** The parts of a demo: an emptied database, an engine on a fast clock, and the simulation beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recreateDatabase } from '../../db/recreate-database.ts';
import { startWorkers } from '../../workers/worker.ts';
import { applyNetwork } from '../fulfillment/apply-network.ts';
import { EVERY_PARTY } from '../fulfillment/create-key.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { createClockFile, readClockFile } from '../runtime/clock-file.ts';
import { type Config, childEnvironment, settingsText } from '../runtime/config.ts';
import { runningDatabaseUrl } from '../runtime/embedded-database.ts';
import type { Logger } from '../runtime/log.ts';
import { generateNetwork } from '../simulation/network/generate-network.ts';
import { Trouble } from './command.ts';
import { engineAtRest, type RunningEngine } from './engine-at-rest.ts';
import { findDatabase, migrateWhenReady } from './open-database.ts';
import { openServerEngine } from './open-engine.ts';
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
/** Times (s) of the policy: for a carrier to answer in, and for a buyer who has been offered dates. */
const LEASE_SECONDS = 1_800;
const QUOTE_SECONDS = 7_200;
/** A decision is the machine's work, for which the clock waits. */
const DECISION_SECONDS = 15;
const POLL_SECONDS = 240;
/** What was journaled is told to the polls at once: the clock waits for it. */
const TAIL_PAUSE_MS = 3;
/** A day lasts a minute: what is learned every quarter of an hour elsewhere is learned once a day. */
const LEARN_SECONDS = 86_400;
/** Read it with `node --env-file`. */
const SETTINGS_FILE = 'settings.env';
const CLOCK_FILE = 'clock';
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The settings of a demo: its own folder and database, its own time. */
export function demoConfig(given: Config, speed: number): Config {
  const log_level = given.log_level === 'info' ? 'warn' : given.log_level;
  const data_dir = join(given.data_dir, 'demo');
  return Object.freeze({
    ...given,
    data_dir,
    database_url: undefined,
    redis_url: undefined,
    log_level,
    // Hundreds of parties poll; most of them have nothing to do most of the time.
    long_poll_max_seconds: POLL_SECONDS,
    tail_pause_ms: TAIL_PAUSE_MS,
    transit_learn_seconds: LEARN_SECONDS,
    clock_speed: speed,
    clock_file: join(data_dir, CLOCK_FILE),
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
  const clock_file = given.clock_file!;
  createClockFile(clock_file, STORY_START);
  const clock = readClockFile(clock_file, options.speed);
  const engine = openServerEngine(opened, given, database.url, log, clock);
  process.stderr.write(`  making the network of seed ${options.seed}, scale ${options.scale}\n`);
  await applyDemoNetwork(engine, options);
  const keys = await keepStarterKeys(engine);
  const workers = startWorkers(engine);
  opened('workers', () => workers.stop());
  const api = await serveApi(engine);
  opened('API', () => api.close());
  process.stdout.write(banner(api.url, keys, options));
  keepSettings({ ...sharedSettings(given), database_url: database.url });
  const running = { engine, workers, api };
  return { engine, simulated: startSimulation(running, api.url, opened, options) };
}

async function applyDemoNetwork(engine: Engine, { seed, scale }: DemoOptions): Promise<void> {
  const document = generateNetwork({
    seed,
    scale,
    decision_seconds: DECISION_SECONDS,
    lease_seconds: LEASE_SECONDS,
    quote_seconds: QUOTE_SECONDS,
  });
  await applyNetwork(engine, { document, applied_by: `operator:${EVERY_PARTY}` });
}

/** What every process of a demo must agree on. */
function sharedSettings(config: Config) {
  const { data_dir, clock_speed, clock_file, long_poll_max_seconds, transit_learn_seconds } =
    config;
  return { data_dir, clock_speed, clock_file, long_poll_max_seconds, transit_learn_seconds };
}

/** In a process of its own, as other parties are: it has the interface, and moves the clock. */
async function startSimulation(
  running: Omit<RunningEngine, 'stopping'>,
  url: string,
  opened: Opened,
  { seed, orders, orders_per_day }: DemoOptions,
): Promise<void> {
  const words = ['--url', url, '--seed', String(seed), '--per-day', String(orders_per_day)];
  if (orders !== null) words.push('--orders', String(orders));
  const child = spawn(process.execPath, [MAIN, 'simulate', '--stock', ...words], {
    env: childEnvironment(sharedSettings(running.engine.config)),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const stopping = new AbortController();
  opened('simulation', async () => {
    stopping.abort();
    child.kill('SIGTERM');
    await exited;
  });
  answerAtRest(child, { ...running, stopping: stopping.signal });
  const [code, signal] = await exited;
  // Then it is the demo that ends, and waits for nothing more.
  if (stopping.signal.aborted) await new Promise(() => {});
  stopping.abort();
  if (code !== 0) {
    throw new Trouble(`the simulation has ended unexpectedly (${signal ?? `exit code ${code}`})`);
  }
}

/** Whoever moves the clock asks, by any message, and is answered when the engine is at rest. */
function answerAtRest(child: ChildProcess, running: RunningEngine): void {
  child.on('message', () => {
    void engineAtRest(running).then((rest) => {
      // A simulation that has just ended asks no more, and hears nothing: that is not an error.
      if (child.connected) child.send(rest, () => {});
    });
  });
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
