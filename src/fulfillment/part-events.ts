/** Telling new events from repeated ones: an event counts once, by its party's own id of it. */
import { createHash } from 'node:crypto';
import type { EventOutcome, RowResult } from '../domain/commands.ts';
import type { Fault, RefusalCode } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';

/** An event on its way in: its place in the request, and the hash of what it says. */
export interface Arrival<E> {
  readonly index: number;
  readonly event: E;
  readonly body_hash: Buffer;
}

/** A request's events, parted. */
export interface PartedEvents<E> {
  readonly fresh: readonly Arrival<E>[];
  /** Posted before with the same body, or earlier in this request. */
  readonly repeated: readonly Arrival<E>[];
  /** Posted before with another body. */
  readonly conflicting: readonly Arrival<E>[];
}

/** Parts events into new, repeated and conflicting ones, given those known before. */
export function partEvents<E extends { readonly event_id: string }>(
  arrivals: readonly Arrival<E>[],
  known: readonly { readonly event_id: string; readonly body_hash: Buffer }[],
): PartedEvents<E> {
  const seen = new Map(known.map((event) => [event.event_id, event.body_hash]));
  const fresh: Arrival<E>[] = [];
  const repeated: Arrival<E>[] = [];
  const conflicting: Arrival<E>[] = [];
  for (const arrival of arrivals) {
    const before = seen.get(arrival.event.event_id);
    if (before === undefined) {
      seen.set(arrival.event.event_id, arrival.body_hash);
      fresh.push(arrival);
    } else if (before.equals(arrival.body_hash)) repeated.push(arrival);
    else conflicting.push(arrival);
  }
  return { fresh, repeated, conflicting };
}

/** SHA-256 of values in a fixed order: two bodies that say the same have the same hash. */
export function hashOf(values: readonly unknown[]): Buffer {
  return createHash('sha256').update(JSON.stringify(values)).digest();
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** True for the text form of a UUID; anything else names nothing of ours. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A row that was refused. */
export function refuse(
  code: RefusalCode,
  detail: string,
  faults: readonly Fault[] = [],
): Extract<RowResult<EventOutcome>, { status: 'refused' }> {
  return { status: 'refused', code, detail, faults };
}

/** A posted id that belongs to another event. */
export function refuseConflict(event_id: string) {
  const detail = `event ${event_id} was posted before with another body`;
  return refuse('event_conflict', detail, [{ pointer: '/event_id', detail }]);
}

/** PostgreSQL's own code for "nothing happened, run it again", which `inTransaction` retries. */
export function raceLost(what: string): Error {
  return Object.assign(new Error(what), { code: '40001' });
}

/** How far a party's clock may be off; see `event_ahead_seconds` in `config.ts`. */
export type EventWindow = Pick<Config, 'event_ahead_seconds' | 'event_behind_seconds'>;

/**
 * Says what is wrong with the instant of an event: it cannot be of the future, nor of a time before
 * its shipment was planned. Clocks and zones differ, so both ends are generous.
 */
export function instantFaults(
  occurred_at: Temporal.Instant,
  { now, planned_at }: { readonly now: Temporal.Instant; readonly planned_at: Temporal.Instant },
  window: EventWindow,
): Fault[] {
  const earliest = planned_at.subtract({ seconds: window.event_behind_seconds });
  const latest = now.add({ seconds: window.event_ahead_seconds });
  const isEarly = Temporal.Instant.compare(occurred_at, earliest) < 0;
  const isLate = Temporal.Instant.compare(occurred_at, latest) > 0;
  if (!isEarly && !isLate) return [];
  const expected = isEarly
    ? `${earliest} or later: the shipment was planned at ${planned_at}`
    : `${latest} or earlier: it is ${now}`;
  return [{ pointer: '/occurred_at', detail: `got ${occurred_at}, expected ${expected}` }];
}
