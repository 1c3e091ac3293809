/**
 * The only reader of the environment. Every setting and every limit of the engine has its name, unit,
 * default and reason in the one table below, which takes in `door-limits.ts` and `tower-limits.ts`;
 * `.env.example` is printed from it and a test keeps the two alike. Everything that is wrong is reported
 * at once.
 */
import { DOOR_LIMITS } from './door-limits.ts';
import { PRICE_SETTINGS } from './price-settings.ts';
import { REVIEW_SETTINGS } from './review-settings.ts';
import {
  bool,
  count,
  level,
  optionalInstant,
  optionalText,
  optionalUrl,
  type Setting,
  text,
} from './settings.ts';
import { TOWER_LIMITS } from './tower-limits.ts';

const MIB = 1024 * 1024;

/** Every setting: environment name, how it is read, default, and why it exists. */
export const SETTINGS = {
  database_url: optionalUrl('DATABASE_URL', ['postgres:', 'postgresql:'], {
    doc: 'PostgreSQL 15 or newer. Unset: an embedded PostgreSQL under PORTOLAN_DATA_DIR.',
    example: 'postgres://portolan:secret@localhost:5432/portolan',
  }),
  redis_url: optionalUrl('REDIS_URL', ['redis:', 'rediss:'], {
    doc: 'Redis 6.2 or Valkey 7.2 and newer for the queue. Unset: the queue lives in PostgreSQL.',
    example: 'redis://localhost:6379',
  }),
  host: text('PORTOLAN_HOST', '127.0.0.1', 'Address the API listens on; 0.0.0.0 for all.'),
  port: count('PORTOLAN_PORT', 3000, {
    min: 0,
    max: 65_535,
    doc: 'Port of the API. Left unset, the next free port is taken when this one is in use.',
  }),
  trust_proxy: bool('PORTOLAN_TRUST_PROXY', false, 'Believe X-Forwarded-* of a proxy in front.'),
  data_dir: text('PORTOLAN_DATA_DIR', '.portolan', 'Folder of the embedded database and keys.'),
  log_level: level('PORTOLAN_LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info', {
    doc: 'error: someone must act; warn: we recovered; info: state changed; debug: the rest.',
  }),
  log_format: level('PORTOLAN_LOG_FORMAT', ['auto', 'json', 'pretty'], 'auto', {
    doc: 'auto: pretty on a terminal, JSON elsewhere.',
  }),
  pool_size: count('PORTOLAN_POOL_SIZE', 10, {
    min: 2,
    max: 500,
    doc: 'Connections (count) of each of the two pools, engine and parties, of one process.',
  }),
  statement_timeout_ms: count('PORTOLAN_STATEMENT_TIMEOUT_MS', 30_000, {
    min: 100,
    doc: 'Longest time (ms) one SQL statement may take.',
  }),
  backlog_orders_max: count('PORTOLAN_BACKLOG_ORDERS_MAX', 20_000, {
    doc: 'Most orders (count) that may wait for a decision; beyond, new ones are told to come again.',
  }),
  backlog_orders_free: count('PORTOLAN_BACKLOG_ORDERS_FREE', 2_000, {
    doc: 'Orders (count) that may wait even while the first of them has used an eighth of its time.',
  }),
  decide_batch_orders: count('PORTOLAN_DECIDE_BATCH_ORDERS', 512, {
    doc: 'Most orders (count) decided in one transaction.',
  }),
  decide_batch_ms: count('PORTOLAN_DECIDE_BATCH_MS', 500, {
    doc: 'Longest time (ms) a batch solves before it is stored; its other orders wait for the next.',
  }),
  decide_lanes: count('PORTOLAN_DECIDE_LANES', 2, {
    max: 16,
    doc: 'Batches (count) one worker decides beside each other: one solves while another is stored.',
  }),
  batch_pause_ms: count('PORTOLAN_BATCH_PAUSE_MS', 10, {
    min: 0,
    max: 1000,
    doc: 'Pause (ms) after a batch that was not full, in which the next one grows.',
  }),
  solver_work_per_ms: count('PORTOLAN_SOLVER_WORK_PER_MS', 5_000, {
    doc: 'Solver steps (count) this machine does in a millisecond; turns time into a work budget.',
  }),
  solver_work_max: count('PORTOLAN_SOLVER_WORK_MAX', 5_000_000, {
    doc: 'Most solver steps (count) one decision may use.',
  }),
  ...PRICE_SETTINGS,
  ...REVIEW_SETTINGS,
  tender_batch_shipments: count('PORTOLAN_TENDER_BATCH_SHIPMENTS', 256, {
    doc: 'Most shipments (count) tendered in one transaction.',
  }),
  watch_batch_shipments: count('PORTOLAN_WATCH_BATCH_SHIPMENTS', 256, {
    doc: 'Most shipments (count) whose milestones are looked at in one transaction.',
  }),
  expire_batch_quotes: count('PORTOLAN_EXPIRE_BATCH_QUOTES', 256, {
    doc: 'Most quotes (count) that expire in one transaction.',
  }),
  group_commit_rows: count('PORTOLAN_GROUP_COMMIT_ROWS', 256, {
    doc: 'Most concurrent writes (rows) of the door that share one transaction.',
  }),
  group_commit_wait_ms: count('PORTOLAN_GROUP_COMMIT_WAIT_MS', 2, {
    min: 0,
    max: 1000,
    doc: 'Longest time (ms) a write waits at the door for others to share its transaction.',
  }),
  ...DOOR_LIMITS,
  ...TOWER_LIMITS,
  network_thread_bytes: count('PORTOLAN_NETWORK_THREAD_BYTES', MIB, {
    doc: 'A network document larger than this (bytes) is checked in a thread, and compiled in steps.',
  }),
  network_poll_ms: count('PORTOLAN_NETWORK_POLL_MS', 500, {
    min: 10,
    doc: 'How often (ms) a process looks for a newer network version.',
  }),
  transit_learn_seconds: count('PORTOLAN_TRANSIT_LEARN_SECONDS', 900, {
    doc: 'How often (s) times in transit are learned from what shipments told.',
  }),
  transit_learn_events: count('PORTOLAN_TRANSIT_LEARN_EVENTS', 5_000, {
    doc: 'Events of shipments that are learned from in one transaction, at most.',
  }),
  transit_least_events: count('PORTOLAN_TRANSIT_LEAST_EVENTS', 20, {
    doc: 'Deliveries by a service or on a lane from which on learned times replace the published ones.',
  }),
  transit_journeys_max: count('PORTOLAN_TRANSIT_JOURNEYS_MAX', 5_000, {
    doc: 'Shipments of the past year that calibrate promises; of more, an even sample.',
  }),
  transit_lanes_max: count('PORTOLAN_TRANSIT_LANES_MAX', 20_000, {
    min: 0,
    doc: 'Lanes and zones with learned times of their own, at most: those with most deliveries.',
  }),
  sweep_interval_ms: count('PORTOLAN_SWEEP_INTERVAL_MS', 1000, {
    min: 10,
    doc: 'How often (ms) the relay asks the database which bells are owed.',
  }),
  watchdog_seconds: count('PORTOLAN_WATCHDOG_SECONDS', 10, {
    doc: 'A bell owed this long (s) without a job starting means a broken queue: connect anew.',
  }),
  queue_lock_seconds: count('PORTOLAN_QUEUE_LOCK_SECONDS', 15, {
    min: 2,
    doc: 'A job whose worker is silent this long (s) may be run by another.',
  }),
  clock_speed: count('PORTOLAN_CLOCK_SPEED', 1, {
    max: 100_000,
    doc: 'Seconds of simulated time per second (s/s), for demonstrations: 1440 = a day a minute.',
  }),
  clock_start: optionalInstant('PORTOLAN_CLOCK_START', {
    doc: 'What the clock showed at PORTOLAN_CLOCK_ORIGIN. Unset: the same instant.',
    example: '2026-05-12T07:00:00+09:00',
  }),
  clock_origin: optionalInstant('PORTOLAN_CLOCK_ORIGIN', {
    doc: 'The real instant from which time is simulated; the same in every process of an engine.',
    example: '2026-11-25T09:00:00Z',
  }),
  clock_file: optionalText('PORTOLAN_CLOCK_FILE', {
    doc: 'A file that tells the time instead, kept by another process of this machine: a simulation.',
    example: '.portolan/demo/clock',
  }),
  shutdown_deadline_seconds: count('PORTOLAN_SHUTDOWN_DEADLINE_SECONDS', 20, {
    doc: 'Longest time (s) a graceful stop may take; then the process ends as it is.',
  }),
} as const satisfies Record<string, Setting<unknown>>;

/** The settings as the rest of the program sees them: read once, frozen. */
export type Config = {
  readonly [name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[name]['read']>;
} & {
  /** True when the port was asked for by name: then it is that port or none. */
  readonly port_is_explicit: boolean;
};

/** Everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Reads `env` (the process's own by default). Throws one `ConfigError` that names every fault. */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const given = env[setting.variable]?.trim();
    const got = given === '' ? undefined : given;
    try {
      values[name] = setting.read(got);
    } catch (error) {
      faults.push(`${setting.variable}: got ${shown(setting, got)}, ${(error as Error).message}`);
    }
  }
  faults.push(...clockFaults(values), ...unknownNames(env));
  if (faults.length > 0) throw new ConfigError(faults);
  values.port_is_explicit = (env.PORTOLAN_PORT ?? '').trim() !== '';
  return Object.freeze(values) as Config;
}

/** The defaults with `overrides` on top, quiet and on any free port: for tests. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  const defaults = loadConfig({ PORTOLAN_LOG_LEVEL: 'silent', PORTOLAN_PORT: '0' });
  return Object.freeze({ ...defaults, ...overrides });
}

/** The text of `.env.example`: every setting with its reason, commented out at its default. */
export function envExample(): string {
  const lines = [
    '# Every setting of Portolan, at its default. Copy to .env and run with `node --env-file=.env`,',
    '# or set the variables in the environment. Printed from src/runtime/config.ts.',
  ];
  for (const setting of Object.values(SETTINGS)) {
    lines.push('', `# ${setting.doc}`, `# ${setting.expected}.`);
    lines.push(`# ${setting.variable}=${setting.example}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The environment for a process of the same program: this one's, with `settings` in place of what it
 * says of them. A setting that is undefined is left out.
 */
export function childEnvironment(settings: Partial<Config>): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...process.env };
  for (const [name, value] of Object.entries(settings)) {
    const setting = (SETTINGS as Record<string, Setting<unknown>>)[name];
    if (setting === undefined) continue;
    if (value === undefined) delete env[setting.variable];
    else env[setting.variable] = String(value);
  }
  return env;
}

/** These settings as the lines of an `.env` file. */
export function settingsText(settings: Partial<Config>): string {
  const env = Object.entries(settings).flatMap(([name, value]) => {
    const setting = (SETTINGS as Record<string, Setting<unknown>>)[name];
    return setting === undefined || value === undefined ? [] : [`${setting.variable}=${value}\n`];
  });
  return env.join('');
}

/** Names that are not settings: those of tests, benches and examples, and those Kubernetes gives services. */
const FOREIGN_NAMES = /^PORTOLAN_(TEST_|SHARED_DATA$|SERVICE_|PORT_)/;

/** A misspelt setting must not be silently without effect. */
function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.values(SETTINGS).map((setting) => setting.variable));
  return Object.keys(env)
    .filter((name) => name.startsWith('PORTOLAN_') && !FOREIGN_NAMES.test(name))
    .filter((name) => !known.has(name))
    .map((name) => `${name}: there is no such setting; see .env.example`);
}

/** Without one origin for all, each process would begin its own time when it starts. */
function clockFaults({
  clock_speed,
  clock_start,
  clock_origin,
  clock_file,
}: Record<string, unknown>): string[] {
  const isOwn = clock_file !== undefined || (clock_speed === 1 && clock_start === undefined);
  if (isOwn || clock_speed === undefined || clock_origin !== undefined) return [];
  return [
    'PORTOLAN_CLOCK_ORIGIN: got nothing, expected an instant, because PORTOLAN_CLOCK_SPEED or ' +
      'PORTOLAN_CLOCK_START is set',
  ];
}

function shown(setting: Setting<unknown>, got: string | undefined): string {
  if (got === undefined) return 'nothing';
  return setting.secret ? 'a value that is not shown' : JSON.stringify(got);
}
