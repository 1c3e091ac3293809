/** Limits of the door that are not settings: nobody has yet had a reason to change them. */

/** Writes that may wait for a group commit; more are refused as `overloaded`. */
export const WAITING_WRITES_MAX = 20_000;
/** Rows of a bulk request that share one transaction. */
export const BULK_SLICE_ROWS = 500;
/** Long polls that may wait in one process at a time. */
export const LONG_POLLS_MAX = 5_000;
/** Lines of one order, notice, receipt or adjustment. */
export const LINES_MAX = 200;
/** How long the answer under an Idempotency-Key is kept: Stripe's day. */
export const IDEMPOTENCY_SECONDS = 24 * 3600;
/** A claim this old, never answered, was left by a crash: a copy of the request takes over. */
export const IDEMPOTENCY_TAKEOVER_SECONDS = 60;
/** Events that the journal's tail keeps in memory for its readers. */
export const TAIL_EVENTS = 4_000;
/** Most events of one read of the journal. */
export const TAIL_READ_EVENTS = 1_000;
/** Looks at the journal are at least this far apart … */
export const TAIL_PAUSE_MS = 40;
/** … and at most this far while someone listens, should a ring be lost. */
export const TAIL_FALLBACK_MS = 1_000;
/** The tail goes on this long after its last listener has left. */
export const TAIL_LINGER_MS = 5_000;
/** Silence on the live stream is broken by a comment this often, so that proxies keep it open. */
export const HEARTBEAT_MS = 15_000;
/** A live client that takes nothing for this long is cut off; it may resume. */
export const LIVE_STALL_MS = 30_000;
/** The database must answer the readiness check within this time. */
export const READY_TIMEOUT_MS = 2_000;
