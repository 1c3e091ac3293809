/**
 * The end of the journal, followed once per process however many listen: the live stream sends its
 * events on, long polls wake when one names their party. It hands out events in the order of their
 * numbers and never one below which another may still appear (db/work-pages.ts says how). It runs
 * only while someone listens, and a little longer.
 */
import type { Logger } from 'pino';
import { type Database, inTransaction } from '../../db/database.ts';
import { type JournalEdge, type JournalEvent, listEvents, readEdge } from '../../db/journal.ts';
import type { Config } from '../runtime/config.ts';

type Limits = Pick<
  Config,
  'tail_events' | 'tail_read_events' | 'tail_pause_ms' | 'tail_fallback_ms' | 'tail_linger_ms'
>;

/** Rings when something was journaled; calls back until the returned function is called. */
export type Bell = (ring: () => void) => () => void;

export interface JournalTail {
  /** Every event up to this number has been handed out; null until the first look has settled. */
  position(): number | null;
  /**
   * Calls `listener` with new events, in order, until the returned function is called; and once with
   * none, when the position is first known.
   */
  listen(listener: (events: readonly JournalEvent[]) => void): () => void;
  /** Settled events after a number, at most `tail_read_events`; from memory when recent. */
  eventsAfter(seq: number): Promise<readonly JournalEvent[]>;
  /** Stops following; listeners hear no more. */
  close(): void;
}

export interface JournalTailOptions {
  readonly config: Limits;
  readonly database: Database;
  readonly log: Logger;
  readonly bell?: Bell | undefined;
  /** Called after each look with how many drawn numbers are not settled yet. */
  readonly onLag?: (events: number) => void;
}

type Listener = (events: readonly JournalEvent[]) => void;

/** Makes a tail; nothing runs before the first listener. */
export function journalTail(options: JournalTailOptions): JournalTail {
  const { config, database, log, bell } = options;
  const listeners = new Set<Listener>();
  let reading = newReading();
  let isRunning = false;
  let isClosed = false;
  // Who polls comes back in a moment: the tail is not taken down and set up for every poll.
  let lingers_until = 0;
  const doorbell = makeDoorbell();

  const run = async () => {
    const silence = bell?.(doorbell.ring);
    while (!isClosed && (listeners.size > 0 || performance.now() < lingers_until)) {
      doorbell.arm();
      let isMore = false;
      try {
        isMore = await look(database, reading, config.tail_read_events);
        options.onLag?.(reading.last_seq - (reading.position ?? reading.last_seq));
        deliver(reading, listeners, config.tail_events);
      } catch (error) {
        log.warn({ err: error }, 'the journal could not be read; trying again');
      }
      // The pause lets what happens close together be read together.
      await pause(config.tail_pause_ms);
      const isSettling = reading.marks.length > 0;
      const rest = isSettling ? config.tail_pause_ms : config.tail_fallback_ms;
      if (!isMore) await doorbell.wait(rest);
    }
    silence?.();
    reading = newReading();
    isRunning = false;
  };
  return {
    position: () => reading.position,
    listen: (listener) => {
      listeners.add(listener);
      if (!isRunning && !isClosed) {
        isRunning = true;
        void run();
      }
      return () => {
        listeners.delete(listener);
        lingers_until = performance.now() + config.tail_linger_ms;
      };
    },
    eventsAfter: (seq) => eventsAfter(database, reading, seq, config.tail_read_events),
    close: () => {
      isClosed = true;
      listeners.clear();
      doorbell.ring();
    },
  };
}

/** What one run of the tail knows. */
interface Reading {
  position: number | null;
  last_seq: number;
  /** Marks that are not settled yet, oldest first. */
  marks: JournalEdge[];
  /** The newest settled events, and the number after which they are complete. */
  recent: JournalEvent[];
  recent_after: number;
  /** What the last look brought and nobody has heard yet; null = nothing. */
  fresh: readonly JournalEvent[] | null;
}

function newReading(): Reading {
  return { position: null, last_seq: 0, marks: [], recent: [], recent_after: 0, fresh: null };
}

/** Looks once; true when there is more to read at once. */
async function look(database: Database, reading: Reading, limit: number): Promise<boolean> {
  return await inTransaction(database, async (tx) => {
    const mark = await readEdge(tx);
    const horizon = settle(reading, mark);
    reading.fresh = null;
    if (horizon === null) return false;
    if (reading.position === null) {
      reading.position = horizon;
      reading.recent_after = horizon;
      reading.fresh = [];
      return false;
    }
    if (horizon <= reading.position) return false;
    const range = { after: reading.position, horizon, limit };
    const events = await listEvents(tx, range);
    const isFull = events.length === limit;
    reading.position = isFull ? events.at(-1)!.seq : horizon;
    reading.fresh = events;
    return isFull;
  });
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

function deliver(reading: Reading, listeners: ReadonlySet<Listener>, kept: number): void {
  const { fresh } = reading;
  if (fresh === null) return;
  reading.fresh = null;
  reading.recent.push(...fresh);
  const surplus = reading.recent.length - kept;
  if (surplus > 0) reading.recent_after = reading.recent.splice(0, surplus).at(-1)!.seq;
  for (const listener of listeners) listener(fresh);
}

async function eventsAfter(
  database: Database,
  reading: Reading,
  seq: number,
  limit: number,
): Promise<readonly JournalEvent[]> {
  const horizon = reading.position;
  if (horizon === null || seq >= horizon) return [];
  if (seq >= reading.recent_after) {
    const from = reading.recent.findIndex((event) => event.seq > seq);
    return from === -1 ? [] : reading.recent.slice(from, from + limit);
  }
  const range = { after: seq, horizon, limit };
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
