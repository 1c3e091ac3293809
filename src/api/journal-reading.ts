/**
 * What a run of the journal's tail knows: how far everything has ended, who was named, and the newest
 * events while someone follows them. db/journal.ts tells why a horizon has to settle.
 */
import { type Database, inTransaction, type PartyIdentity, type Tx } from '../../db/database.ts';
import {
  type JournalEdge,
  type JournalEvent,
  listEvents,
  listNamed,
  type Named,
  readEdge,
} from '../../db/journal.ts';
import type { Config } from '../runtime/config.ts';

/** Where it reads, and how much at a time and in memory. */
export interface ReadingPlace {
  readonly database: Database;
  readonly config: Pick<Config, 'tail_events' | 'tail_read_events'>;
}

/** What one run of the tail knows. */
export interface Reading {
  position: number | null;
  /** The first position: who was named before is not known. */
  began: number;
  last_seq: number;
  /** Marks that are not settled yet, oldest first. */
  marks: JournalEdge[];
  /** The number of the newest event that names a party, by its name. */
  readonly named: Map<string, number>;
  /** The newest settled events, and the number after which they are complete. */
  recent: JournalEvent[];
  recent_after: number;
}

/** Knows nothing yet. */
export function newReading(): Reading {
  return {
    position: null,
    began: 0,
    last_seq: 0,
    marks: [],
    named: new Map(),
    recent: [],
    recent_after: 0,
  };
}

/** False only when it is sure that no event after number `seq` names the party of this name. */
export function mayName({ position, began, named }: Reading, name: string, seq: number): boolean {
  if (position === null || seq < began) return true;
  return (named.get(name) ?? 0) > seq;
}

/** The name of a party, as events name it. */
export function nameOf({ role, party_id }: PartyIdentity): string {
  return `${role} ${party_id}`;
}

/** The names of the parties of an event. */
export function namesIn({ warehouse_id, carrier_id }: Named): string[] {
  const names: string[] = [];
  if (warehouse_id !== null) names.push(nameOf({ role: 'warehouse', party_id: warehouse_id }));
  if (carrier_id !== null) names.push(nameOf({ role: 'carrier', party_id: carrier_id }));
  return names;
}

/**
 * Looks once, reads the events themselves only when `isFollowed`, and remembers; null when nothing
 * has settled since the last look.
 */
export async function look(
  { database, config }: ReadingPlace,
  reading: Reading,
  isFollowed: boolean,
): Promise<Found | null> {
  const limit = config.tail_read_events;
  const before = reading.position;
  const found = await inTransaction(database, async (tx) => {
    const horizon = settle(reading, await readEdge(tx));
    if (horizon === null || (before !== null && horizon <= before)) return null;
    if (before === null) return { before, horizon, events: [], named: [], isMore: false };
    const range = { after: before, horizon, limit };
    return await readBeyond(tx, range, isFollowed);
  });
  if (found === null) return null;
  if (before === null) {
    reading.began = found.horizon;
    reading.recent_after = found.horizon;
  }
  reading.position = found.horizon;
  remember(reading, found, config.tail_events);
  return found;
}

/** What a look found from `before` (null: the first look) up to `horizon`. */
export interface Found {
  readonly before: number | null;
  readonly horizon: number;
  /** Null when nobody follows them. */
  readonly events: readonly JournalEvent[] | null;
  readonly named: readonly Named[];
  /** There is more to read at once. */
  readonly isMore: boolean;
}

async function readBeyond(
  tx: Tx,
  range: { after: number; horizon: number; limit: number },
  isFollowed: boolean,
): Promise<Found> {
  const { after: before, horizon, limit } = range;
  if (!isFollowed) {
    return { before, horizon, events: null, named: await listNamed(tx, range), isMore: false };
  }
  const events = await listEvents(tx, range);
  const isMore = events.length === limit;
  const end = isMore ? events.at(-1)!.seq : horizon;
  return { before, horizon: end, events, named: events, isMore };
}

/** The number up to which everything has ended, by the newest mark that is settled. */
function settle(reading: Reading, mark: JournalEdge): number | null {
  reading.last_seq = Math.max(reading.last_seq, mark.last_seq);
  const newest = reading.marks.at(-1);
  if (newest === undefined || newest.last_seq < mark.last_seq) reading.marks.push(mark);
  const open = reading.marks.findIndex(({ next_xid }) => next_xid > mark.oldest_xid);
  const settled = reading.marks.splice(0, open === -1 ? reading.marks.length : open);
  return settled.at(-1)?.last_seq ?? (reading.position === null ? null : reading.position);
}

function remember(reading: Reading, { horizon, events, named }: Found, most: number): void {
  for (const one of named) {
    for (const name of namesIn(one)) {
      reading.named.set(name, Math.max(one.seq, reading.named.get(name) ?? 0));
    }
  }
  if (events === null) {
    reading.recent = [];
    reading.recent_after = horizon;
    return;
  }
  reading.recent.push(...events);
  const surplus = reading.recent.length - most;
  if (surplus > 0) reading.recent_after = reading.recent.splice(0, surplus).at(-1)!.seq;
}

/** Settled events after a number, at most `tail_read_events`; from memory when recent. */
export async function eventsAfter(
  { database, config }: ReadingPlace,
  reading: Reading,
  seq: number,
): Promise<readonly JournalEvent[]> {
  const limit = config.tail_read_events;
  const horizon = reading.position;
  if (horizon === null || seq >= horizon) return [];
  if (seq >= reading.recent_after) {
    const from = reading.recent.findIndex((event) => event.seq > seq);
    return from === -1 ? [] : reading.recent.slice(from, from + limit);
  }
  return await inTransaction(database, (tx) => listEvents(tx, { after: seq, horizon, limit }));
}
