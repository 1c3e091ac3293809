/**
 * Long polling: an empty page stays open until the journal names the caller, the wait is over, the
 * client leaves or the process stops. Waiting costs no query: the journal's tail wakes the poll.
 */
import type { JournalEvent } from '../../db/journal.ts';
import { Refusal } from '../domain/errors.ts';
import type { Caller } from './auth.ts';
import type { JournalTail } from './journal-tail.ts';

export interface PollGate {
  /** Reads pages until one holds something, or the wait is over. */
  poll<T>(request: Poll, read: () => Promise<readonly T[]>): Promise<readonly T[]>;
}

export interface Poll {
  readonly caller: Caller;
  readonly wait_seconds: number;
  /** Ends when the client leaves. */
  readonly gone: AbortSignal;
}

/** A gate through which at most `max_waiting` polls wait at a time. */
export function pollGate(options: {
  readonly tail: JournalTail;
  readonly stopping: AbortSignal;
  readonly max_waiting: number;
}): PollGate {
  let waiting = 0;
  return {
    poll: async ({ caller, wait_seconds, gone }, read) => {
      if (wait_seconds === 0 || options.stopping.aborted) return await read();
      if (waiting >= options.max_waiting) {
        throw new Refusal('overloaded', 'too many clients are waiting; poll again shortly');
      }
      waiting += 1;
      const until = performance.now() + wait_seconds * 1000;
      // Listens before it reads: what happens in between rings, so nothing is slept through.
      const bell = bellFor(caller, options.tail, [gone, options.stopping]);
      try {
        for (;;) {
          bell.arm();
          const page = await read();
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

/** Rings when the journal names the party, or when one of the signals ends the wait. */
function bellFor(caller: Caller, tail: JournalTail, signals: readonly AbortSignal[]) {
  let hasRung = false;
  let wake = () => {};
  const ring = () => {
    hasRung = true;
    wake();
  };
  const stop = tail.listen((events) => {
    // None: the tail has just begun. What came before it knew its place would never be told.
    if (events.length === 0 || events.some((event) => names(event, caller))) ring();
  });
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
        wake = resolve;
        timer = setTimeout(resolve, Math.max(0, milliseconds));
      });
      clearTimeout(timer);
    },
    stop: () => {
      stop();
      for (const signal of signals) signal.removeEventListener('abort', ring);
    },
  };
}

function names(event: JournalEvent, { role, party_id }: Caller): boolean {
  if (role === 'warehouse') return event.warehouse_id === party_id;
  return role === 'carrier' && event.carrier_id === party_id;
}
