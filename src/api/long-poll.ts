/**
 * Long polling: an empty page stays open until the journal names the caller, the wait is over, the
 * client leaves or the process stops. Waiting costs no query, and neither does coming back to wait
 * with the same cursor: what a caller has seen the end of is remembered until the journal names it.
 */
import { Refusal } from '../domain/errors.ts';
import type { Caller } from './auth.ts';
import type { JournalTail } from './journal-tail.ts';

export interface PollGate {
  /** Reads pages until one holds something, or the wait is over. */
  poll<T>(request: Poll<T>, read: () => Promise<readonly T[]>): Promise<readonly T[]>;
  /** Polls that wait for their bell: whatever the journal has told so far, they were shown. */
  asleep(): number;
}

export interface Poll<T> {
  readonly caller: Caller;
  /** Which of the caller's lists: those of one name hold the same rows. */
  readonly list: string;
  readonly cursor: string | undefined;
  /** The cursor after a page. */
  readonly cursorAfter: (page: readonly T[]) => string | null;
  /** Most rows of a page: a full one may have others behind it. */
  readonly limit: number;
  readonly wait_seconds: number;
  /** Ends when the client leaves. */
  readonly gone: AbortSignal;
}

/** Most lists whose end is remembered; beyond, all are forgotten and read again. */
const LISTS_MAX = 20_000;

/** A gate through which at most `max_waiting` polls wait at a time. */
export function pollGate(options: {
  readonly tail: JournalTail;
  readonly stopping: AbortSignal;
  readonly max_waiting: number;
}): PollGate {
  const { tail, stopping } = options;
  const ends = knownEnds(tail);
  let waiting = 0;
  const sleepers = { count: 0 };
  return {
    asleep: () => sleepers.count,
    poll: async (request, read) => {
      const { caller, wait_seconds, gone } = request;
      if (wait_seconds === 0 || stopping.aborted) return await read();
      if (waiting >= options.max_waiting) {
        throw new Refusal('overloaded', 'too many clients are waiting; poll again shortly');
      }
      waiting += 1;
      const until = performance.now() + wait_seconds * 1000;
      // Listens before it reads: what happens in between rings, so nothing is slept through.
      const bell = bellFor({ caller, tail, sleepers }, [gone, stopping]);
      try {
        for (;;) {
          bell.arm();
          const page = ends.isAtEnd(request) ? [] : await ends.reading(request, read);
          const isOver = bell.isClosed() || performance.now() >= until;
          if (page.length > 0 || isOver) return page;
          await bell.ring(until - performance.now());
        }
      } finally {
        bell.stop();
        waiting -= 1;
      }
    },
  };
}

/**
 * Remembers the cursors behind which there was nothing. A page shows all rows whose events come up to
 * the position that the tail had before it was read; a row that it did not show is told later.
 */
function knownEnds(tail: JournalTail) {
  const ends = new Map<string, { cursor: string | null; position: number }>();
  const keyOf = <T>({ caller, list }: Poll<T>) => `${caller.role} ${caller.party_id} ${list}`;
  return {
    isAtEnd: <T>(poll: Poll<T>): boolean => {
      const end = ends.get(keyOf(poll));
      if (end === undefined || end.cursor !== (poll.cursor ?? null)) return false;
      return !tail.mayName(poll.caller, end.position);
    },
    reading: async <T>(poll: Poll<T>, read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
      const position = tail.position();
      const page = await read();
      if (position === null || page.length >= poll.limit) return page;
      if (ends.size >= LISTS_MAX) ends.clear();
      const cursor = page.length === 0 ? (poll.cursor ?? null) : poll.cursorAfter(page);
      ends.set(keyOf(poll), { cursor, position });
      return page;
    },
  };
}

/** Rings when the journal names the party, or when one of the signals ends the wait. */
function bellFor(
  about: { caller: Caller; tail: JournalTail; sleepers: { count: number } },
  signals: readonly AbortSignal[],
) {
  const { caller, tail, sleepers } = about;
  let hasRung = false;
  let wake = () => {};
  const ring = () => {
    hasRung = true;
    wake();
  };
  const stop = tail.onNamed(caller, ring);
  for (const signal of signals) signal.addEventListener('abort', ring);
  return {
    arm: () => {
      hasRung = false;
    },
    isClosed: () => signals.some((signal) => signal.aborted),
    ring: async (milliseconds: number) => {
      if (hasRung || signals.some((signal) => signal.aborted)) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        // Awake from the moment it rings, not from when it gets its turn.
        wake = () => {
          wake = () => {};
          sleepers.count -= 1;
          resolve();
        };
        sleepers.count += 1;
        timer = setTimeout(() => wake(), Math.max(0, milliseconds));
      });
      clearTimeout(timer);
    },
    stop: () => {
      stop();
      for (const signal of signals) signal.removeEventListener('abort', ring);
    },
  };
}
