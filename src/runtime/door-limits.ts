/** What the API's door allows: sizes, numbers and times of requests, polls and streams. */
import { count, type Setting } from './settings.ts';

const MIB = 1024 * 1024;

/** Part of the table of `config.ts`. */
export const DOOR_LIMITS = {
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
} as const satisfies Record<string, Setting<unknown>>;
