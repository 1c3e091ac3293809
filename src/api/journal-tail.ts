/**
 * The end of the journal, followed once per process however many listen: the live stream sends its
 * events on, long polls wake when one names their party. It hands out events in the order of their
 * numbers and never one below which another may still appear (db/work-pages.ts says how). It runs
 * only while someone listens, and a little longer. The events themselves are read only while someone
 * follows them; for the polls it is enough to know who was named.
 */
import type { Logger } from 'pino';
import type { Database, PartyIdentity } from '../../db/database.ts';
import type { JournalEvent } from '../../db/journal.ts';
import type { Config } from '../runtime/config.ts';
import {
  eventsAfter,
  type Found,
  look,
  mayName,
  nameOf,
  namesIn,
  newReading,
} from './journal-reading.ts';

type Limits = Pick<
  Config,
  'tail_events' | 'tail_read_events' | 'tail_pause_ms' | 'tail_fallback_ms' | 'tail_linger_ms'
>;

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

/** Makes a tail; nothing runs before the first listener. */
export function journalTail(options: JournalTailOptions): JournalTail {
  const { config, log, bell } = options;
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
        const found = await look(options, reading, listeners.followers.size > 0);
        isMore = found?.isMore ?? false;
        if (found !== null) tell(listeners, found);
        options.onLag?.(reading.last_seq - (reading.position ?? reading.last_seq));
      } catch (error) {
        log.warn({ err: error }, 'the journal could not be read; trying again');
      }
      // The pause lets what happens close together be read together.
      await pause(config.tail_pause_ms);
      const isSettling = reading.marks.length > 0;
      if (!isMore) await doorbell.wait(isSettling ? config.tail_pause_ms : config.tail_fallback_ms);
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
    lingers_until = performance.now() + config.tail_linger_ms;
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
    eventsAfter: (seq) => eventsAfter(options, reading, seq),
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

/** Rings for everyone when the tail has just begun: what came before it will never be told. */
function tell({ polls, followers }: Listeners, { before, horizon, named }: Found): void {
  for (const listener of [...followers]) listener(before ?? horizon);
  const names = before === null ? polls.keys() : new Set(named.flatMap(namesIn));
  for (const name of [...names]) for (const ring of [...(polls.get(name) ?? [])]) ring();
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
