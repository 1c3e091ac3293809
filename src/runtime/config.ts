/**
 * The only reader of the environment. Every setting and every limit of the engine has its name, unit,
 * default and reason in the one table below; `.env.example` is printed from it and a test keeps the
 * two alike. Everything that is wrong is reported at once.
 */
import {
  bool,
  count,
  level,
  optionalInstant,
  optionalUrl,
  type Setting,
  text,
} from './settings.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

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
    doc: 'Orders (count) that may wait even while the first of them has used half its time.',
  }),
  decide_batch_orders: count('PORTOLAN_DECIDE_BATCH_ORDERS', 256, {
    doc: 'Most orders (count) decided in one transaction.',
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
  body_limit_bytes: count('PORTOLAN_BODY_LIMIT_BYTES', MIB, {
    doc: 'Largest body (bytes) of a request about one thing.',
  }),
  bulk_body_limit_bytes: count('PORTOLAN_BULK_BODY_LIMIT_BYTES', 32 * MIB, {
    doc: 'Largest body (bytes) of a bulk request.',
  }),
  network_body_limit_bytes: count('PORTOLAN_NETWORK_BODY_LIMIT_BYTES', 256 * MIB, {
    doc: 'Largest body (bytes) of a network import.',
  }),
  bulk_rows_max: count('PORTOLAN_BULK_ROWS_MAX', 10_000, {
    doc: 'Most rows (count) of a bulk request.',
  }),
  page_items_max: count('PORTOLAN_PAGE_ITEMS_MAX', 500, {
    doc: 'Most items (count) on one page of a list.',
  }),
  long_poll_max_seconds: count('PORTOLAN_LONG_POLL_MAX_SECONDS', 30, {
    max: 300,
    doc: 'Longest time (s) a list with `wait` stays open.',
  }),
  live_clients_max: count('PORTOLAN_LIVE_CLIENTS_MAX', 1000, {
    doc: 'Most clients (count) of the live stream per process.',
  }),
  rate_limit_per_minute: count('PORTOLAN_RATE_LIMIT_PER_MINUTE', 600_000, {
    min: 0,
    doc: 'Most requests (count) per key, minute and process; 0 = no limit.',
  }),
  request_timeout_seconds: count('PORTOLAN_REQUEST_TIMEOUT_SECONDS', 60, {
    doc: 'Longest time (s) a client may take to send one request.',
  }),
  lines_max: count('PORTOLAN_LINES_MAX', 200, {
    max: 2_000,
    doc: 'Most lines (count) of one order, notice, receipt or adjustment.',
  }),
  bulk_slice_rows: count('PORTOLAN_BULK_SLICE_ROWS', 500, {
    doc: 'Rows (count) of a bulk request that share one transaction.',
  }),
  waiting_writes_max: count('PORTOLAN_WAITING_WRITES_MAX', 20_000, {
    doc: 'Most writes (count) that wait for a group commit; more are told to come again.',
  }),
  long_polls_max: count('PORTOLAN_LONG_POLLS_MAX', 5_000, {
    doc: 'Most long polls (count) that wait in one process at a time.',
  }),
  idempotency_seconds: count('PORTOLAN_IDEMPOTENCY_SECONDS', 86_400, {
    doc: 'How long (s) the answer under an Idempotency-Key is kept.',
  }),
  idempotency_takeover_seconds: count('PORTOLAN_IDEMPOTENCY_TAKEOVER_SECONDS', 60, {
    doc: 'A request under a key that was not answered for so long (s) died: a copy takes over.',
  }),
  event_ahead_seconds: count('PORTOLAN_EVENT_AHEAD_SECONDS', 86_400, {
    min: 0,
    doc: "How far (s) an event of a party may be ahead of the engine's clock: clocks differ.",
  }),
  event_behind_seconds: count('PORTOLAN_EVENT_BEHIND_SECONDS', 86_400, {
    min: 0,
    doc: 'How long (s) before its shipment was planned an event may claim to have happened.',
  }),
  tail_events: count('PORTOLAN_TAIL_EVENTS', 4_000, {
    doc: 'Newest events (count) of the journal that a process keeps in memory for its listeners.',
  }),
  tail_read_events: count('PORTOLAN_TAIL_READ_EVENTS', 1_000, {
    doc: 'Most events (count) of one read of the journal.',
  }),
  tail_pause_ms: count('PORTOLAN_TAIL_PAUSE_MS', 40, {
    max: 1000,
    doc: 'Looks at the journal are at least this far (ms) apart.',
  }),
  tail_fallback_ms: count('PORTOLAN_TAIL_FALLBACK_MS', 1_000, {
    doc: 'Looks at the journal are at most this far (ms) apart while someone listens.',
  }),
  tail_linger_ms: count('PORTOLAN_TAIL_LINGER_MS', 5_000, {
    min: 0,
    doc: 'How long (ms) the journal is followed after its last listener has left.',
  }),
  live_heartbeat_ms: count('PORTOLAN_LIVE_HEARTBEAT_MS', 15_000, {
    doc: 'Silence on the live stream is broken this often (ms), so that proxies keep it open.',
  }),
  live_stall_ms: count('PORTOLAN_LIVE_STALL_MS', 30_000, {
    doc: 'A live client that takes nothing for so long (ms) is cut off; it may resume.',
  }),
  ready_timeout_ms: count('PORTOLAN_READY_TIMEOUT_MS', 2_000, {
    doc: 'The database must answer the readiness check within this time (ms).',
  }),
  network_thread_bytes: count('PORTOLAN_NETWORK_THREAD_BYTES', MIB, {
    doc: 'A network document larger than this (bytes) is checked and read in a thread of its own.',
  }),
  network_poll_ms: count('PORTOLAN_NETWORK_POLL_MS', 500, {
    min: 10,
    doc: 'How often (ms) a process looks for a newer network version.',
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

/** Names that are not settings: those of the tests, and those Kubernetes gives every service. */
const FOREIGN_NAMES = /^PORTOLAN_(TEST_|SERVICE_|PORT_)/;

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
}: Record<string, unknown>): string[] {
  const isOwn = clock_speed === 1 && clock_start === undefined;
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
