/**
 * The end of the journal, followed once per process however many listen: the live stream sends its
 * events on, long polls wake when one names their party. It hands out events in the order of their
 * numbers and never one below which another may still appear (db/work-pages.ts says how). It runs
 * only while someone listens, and a little longer. The events themselves are read only while someone
 * follows them; for the polls it is enough to know who was named.
 */
import type { Logger } from 'pino';
import { type Database, inTransaction, type PartyIdentity, type Tx } from '../../db/database.ts';
import {
  type JournalEdge,
  type JournalEvent,
  listEvents,
  listNamed,
  type Named,
  readEdge,
} from '../../db/journal.ts';
import {
  TAIL_EVENTS,
  TAIL_FALLBACK_MS,
  TAIL_LINGER_MS,
  TAIL_PAUSE_MS,
  TAIL_READ_EVENTS,
} from './limits.ts';

/** Rings when something was journaled; calls back until the returned function is called. */
export type Bell = (ring: () => void) => () => void;

/** Ends what was begun. */
export type Stop = () => void;

export interface JournalTail {
  /** Every event up to this number has been handed out; null until the first look has settled. */
  position(): number | null;
  /** False only when it is sure that no event after number `seq` names this party. */
  mayName(party: PartyIdentity, seq: number): boolean;
  /** Rings when an event names this party, and once when the position is first known. */
  onNamed(party: PartyIdentity, ring: () => void): Stop;
  /**
   * Calls `listener` when there are events beyond number `after`, in order, and once when the
   * position is first known.
   */
  follow(listener: (after: number) => void): Stop;
  /** Settled events after a number, at most `TAIL_READ_EVENTS`; from memory when recent. */
  eventsAfter(seq: number): Promise<readonly JournalEvent[]>;
  /** Stops following; listeners hear no more. */
  close(): void;
}

export interface JournalTailOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly bell?: Bell | undefined;
  /** Called after each look with how many drawn numbers are not settled yet. */
  readonly onLag?: (events: number) => void;
}

/** Makes a tail; nothing runs before the first listener. */
export function journalTail(options: JournalTailOptions): JournalTail {
  const { database, log, bell } = options;
  const listeners: Listeners = { polls: new Map(), followers: new Set() };
  let reading = newReading();
  let isRunning = false;
  let isClosed = false;
  // Who polls comes back in a moment: the tail is not taken down and set up for every poll.
  let lingers_until = 0;
  const doorbell = makeDoorbell();

  const run = async () => {
    const silence = bell?.(doorbell.ring);
    while (!isClosed && (isHeard(listeners) || performance.now() < lingers_until)) {
      doorbell.arm();
      let isMore = false;
      try {
        isMore = await look(database, reading, listeners);
        options.onLag?.(reading.last_seq - (reading.position ?? reading.last_seq));
      } catch (error) {
        log.warn({ err: error }, 'the journal could not be read; trying again');
      }
      // The pause lets what happens close together be read together.
      await pause(TAIL_PAUSE_MS);
      const isSettling = reading.marks.length > 0;
      if (!isMore) await doorbell.wait(isSettling ? TAIL_PAUSE_MS : TAIL_FALLBACK_MS);
    }
    silence?.();
    reading = newReading();
    isRunning = false;
  };
  const start = () => {
    if (isRunning || isClosed) return;
    isRunning = true;
    void run();
  };
  const linger = () => {
    lingers_until = performance.now() + TAIL_LINGER_MS;
  };
  return {
    position: () => reading.position,
    mayName: (party, seq) => mayName(reading, nameOf(party), seq),
    onNamed: (party, ring) => {
      const name = nameOf(party);
      const rings = listeners.polls.get(name) ?? new Set();
      listeners.polls.set(name, rings.add(ring));
      start();
      return () => {
        rings.delete(ring);
        if (rings.size === 0) listeners.polls.delete(name);
        linger();
      };
    },
    follow: (listener) => {
      listeners.followers.add(listener);
      start();
      return () => {
        listeners.followers.delete(listener);
        linger();
      };
    },
    eventsAfter: (seq) => eventsAfter(database, reading, seq),
    close: () => {
      isClosed = true;
      listeners.polls.clear();
      listeners.followers.clear();
      doorbell.ring();
    },
  };
}

interface Listeners {
  /** Rings of waiting polls, by the party's name. */
  readonly polls: Map<string, Set<() => void>>;
  readonly followers: Set<(after: number) => void>;
}

function isHeard({ polls, followers }: Listeners): boolean {
  return polls.size > 0 || followers.size > 0;
}

function nameOf({ role, party_id }: PartyIdentity): string {
  return `${role} ${party_id}`;
}

/** What one run of the tail knows. */
interface Reading {
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

function newReading(): Reading {
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

function mayName({ position, began, named }: Reading, name: string, seq: number): boolean {
  if (position === null || seq < began) return true;
  return (named.get(name) ?? 0) > seq;
}

/** Looks once and tells who listens; true when there is more to read at once. */
async function look(database: Database, reading: Reading, listeners: Listeners): Promise<boolean> {
  const before = reading.position;
  const found = await inTransaction(database, async (tx) => {
    const horizon = settle(reading, await readEdge(tx));
    if (horizon === null || (before !== null && horizon <= before)) return null;
    if (before === null) return { horizon, events: [], named: [] };
    return await readBeyond(tx, before, horizon, listeners.followers.size > 0);
  });
  if (found === null) return false;
  if (before === null) {
    reading.began = found.horizon;
    reading.recent_after = found.horizon;
  }
  reading.position = found.horizon;
  remember(reading, found);
  tell(listeners, before, found);
  return found.events?.length === TAIL_READ_EVENTS;
}

/** What a look found up to `horizon`; `events` are null when nobody follows them. */
interface Found {
  readonly horizon: number;
  readonly events: readonly JournalEvent[] | null;
  readonly named: readonly Named[];
}

async function readBeyond(
  tx: Tx,
  after: number,
  horizon: number,
  isFollowed: boolean,
): Promise<Found> {
  if (!isFollowed) return { horizon, events: null, named: await listNamed(tx, { after, horizon }) };
  const events = await listEvents(tx, { after, horizon, limit: TAIL_READ_EVENTS });
  const isFull = events.length === TAIL_READ_EVENTS;
  return { horizon: isFull ? events.at(-1)!.seq : horizon, events, named: events };
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

function remember(reading: Reading, { horizon, events, named }: Found): void {
  for (const { seq, warehouse_id, carrier_id } of named) {
    if (warehouse_id !== null) noteNamed(reading, `warehouse ${warehouse_id}`, seq);
    if (carrier_id !== null) noteNamed(reading, `carrier ${carrier_id}`, seq);
  }
  if (events === null) {
    reading.recent = [];
    reading.recent_after = horizon;
    return;
  }
  reading.recent.push(...events);
  const surplus = reading.recent.length - TAIL_EVENTS;
  if (surplus > 0) reading.recent_after = reading.recent.splice(0, surplus).at(-1)!.seq;
}

function noteNamed({ named }: Reading, name: string, seq: number): void {
  named.set(name, Math.max(seq, named.get(name) ?? 0));
}

/** Rings for everyone when the tail has just begun: what came before it will never be told. */
function tell({ polls, followers }: Listeners, before: number | null, found: Found): void {
  for (const listener of [...followers]) listener(before ?? found.horizon);
  const names = new Set(
    found.named.flatMap(({ warehouse_id, carrier_id }) => [
      `warehouse ${warehouse_id}`,
      `carrier ${carrier_id}`,
    ]),
  );
  for (const name of before === null ? [...polls.keys()] : names) {
    for (const ring of [...(polls.get(name) ?? [])]) ring();
  }
}

async function eventsAfter(
  database: Database,
  reading: Reading,
  seq: number,
): Promise<readonly JournalEvent[]> {
  const horizon = reading.position;
  if (horizon === null || seq >= horizon) return [];
  if (seq >= reading.recent_after) {
    const from = reading.recent.findIndex((event) => event.seq > seq);
    return from === -1 ? [] : reading.recent.slice(from, from + TAIL_READ_EVENTS);
  }
  const range = { after: seq, horizon, limit: TAIL_READ_EVENTS };
  return await inTransaction(database, (tx) => listEvents(tx, range));
}

/** A bell that is not missed when it rings before anyone waits for it. */
function makeDoorbell() {
  let hasRung = false;
  let wake = () => {};
  return {
    arm: () => {
      hasRung = false;
    },
    ring: () => {
      hasRung = true;
      wake();
    },
    wait: async (milliseconds: number) => {
      if (hasRung) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
