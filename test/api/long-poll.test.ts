/** Long polls: nothing is slept through, and nobody is kept waiting in vain. */
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../db/journal.ts';
import type { Caller } from '../../src/api/auth.ts';
import type { JournalTail } from '../../src/api/journal-tail.ts';
import { pollGate } from '../../src/api/long-poll.ts';

const CARRIER = { role: 'carrier', party_id: 'swift' } as Caller;
const eventOf = (carrier_id: string) => ({ carrier_id }) as JournalEvent;

/** A tail whose events the test tells. */
function aTail() {
  const listeners = new Set<(events: readonly JournalEvent[]) => void>();
  const tail: JournalTail = {
    position: () => 0,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    eventsAfter: async () => [],
    close: () => {},
  };
  const tell = (...events: JournalEvent[]) => {
    for (const listener of listeners) listener(events);
  };
  return { tail, tell, listeners };
}

function aPoll(options: { max_waiting?: number; wait_seconds?: number } = {}) {
  const { tail, tell, listeners } = aTail();
  const stopping = new AbortController();
  const gone = new AbortController();
  const gate = pollGate({
    tail,
    stopping: stopping.signal,
    max_waiting: options.max_waiting ?? 10,
  });
  const pages: number[][] = [];
  let reads = 0;
  const poll = () =>
    gate.poll(
      { caller: CARRIER, wait_seconds: options.wait_seconds ?? 20, gone: gone.signal },
      async () => {
        reads += 1;
        return pages.shift() ?? [];
      },
    );
  const untilRead = async (count: number) => {
    while (reads < count) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { poll, pages, tell, listeners, stopping, gone, untilRead, reads: () => reads };
}

describe('a long poll', () => {
  test('answers at once when there is something', async () => {
    const { poll, pages, listeners } = aPoll();
    pages.push([1, 2]);
    expect(await poll()).toEqual([1, 2]);
    expect(listeners.size).toBe(0);
  });

  test('reads again when the journal names its party, and not for others', async () => {
    const { poll, pages, tell, untilRead, reads } = aPoll();
    const answer = poll();
    await untilRead(1);
    pages.push([7]);
    tell(eventOf('polder'));
    await untilRead(1);
    expect(reads()).toBe(1);

    tell(eventOf('polder'), eventOf('swift'));
    expect(await answer).toEqual([7]);
  });

  test('reads again once the tail knows where it begins', async () => {
    const { poll, pages, tell, untilRead } = aPoll();
    const answer = poll();
    await untilRead(1);
    pages.push([7]);
    tell();
    expect(await answer).toEqual([7]);
  });

  test('does not miss what is told while it reads', async () => {
    const { tail, tell } = aTail();
    const gate = pollGate({ tail, stopping: new AbortController().signal, max_waiting: 1 });
    let reads = 0;
    const page = await gate.poll(
      { caller: CARRIER, wait_seconds: 20, gone: new AbortController().signal },
      async () => {
        reads += 1;
        if (reads === 1) tell(eventOf('swift'));
        return reads === 1 ? [] : [7];
      },
    );
    expect(page).toEqual([7]);
  });

  test('ends when the client leaves or the process stops, and lets go of the tail', async () => {
    for (const end of ['gone', 'stopping'] as const) {
      const poll = aPoll();
      const answer = poll.poll();
      await poll.untilRead(1);
      poll[end].abort();
      expect(await answer).toEqual([]);
      expect(poll.listeners.size).toBe(0);
    }
  });

  test('is refused when too many wait, and not when it does not wait', async () => {
    const full = aPoll({ max_waiting: 1 });
    const first = full.poll();
    await full.untilRead(1);
    await expect(full.poll()).rejects.toMatchObject({ code: 'overloaded' });
    full.stopping.abort();
    expect(await first).toEqual([]);

    expect(await aPoll({ max_waiting: 0, wait_seconds: 0 }).poll()).toEqual([]);
  });
});
