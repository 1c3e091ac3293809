/** Long polls: nothing is slept through, and nobody is kept waiting in vain. */
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/api/auth.ts';
import type { JournalTail } from '../../src/api/journal-tail.ts';
import { pollGate } from '../../src/api/long-poll.ts';

const CARRIER = { role: 'carrier', party_id: 'swift' } as Caller;

/** A tail whose events the test tells, numbered from 1; none: it has just begun. */
function aTail({ has_begun = true } = {}) {
  const rings = new Map<string, Set<() => void>>();
  const named = new Map<string, number>();
  let position = has_begun ? 0 : null;
  const tail: JournalTail = {
    position: () => position,
    mayName: ({ party_id }, seq) => position === null || (named.get(party_id) ?? 0) > seq,
    onNamed: ({ party_id }, ring) => {
      rings.set(party_id, (rings.get(party_id) ?? new Set()).add(ring));
      return () => rings.get(party_id)!.delete(ring);
    },
    follow: () => () => {},
    eventsAfter: async () => [],
    close: () => {},
  };
  const tell = (...carriers: string[]) => {
    position ??= 0;
    for (const carrier of carriers) {
      position += 1;
      named.set(carrier, position);
    }
    const told = carriers.length === 0 ? [...rings.keys()] : carriers;
    for (const carrier of told) for (const ring of rings.get(carrier) ?? []) ring();
  };
  const listening = () => [...rings.values()].reduce((sum, set) => sum + set.size, 0);
  return { tail, tell, listening };
}

/** What all these polls have alike: pages of at most ten numbers, the last of which is the cursor. */
function aRequest(options: { cursor?: string; wait_seconds?: number; gone?: AbortSignal } = {}) {
  return {
    caller: CARRIER,
    list: 'assignments',
    cursor: options.cursor,
    cursorAfter: (page: readonly number[]) => String(page.at(-1)),
    limit: 10,
    wait_seconds: options.wait_seconds ?? 20,
    gone: options.gone ?? new AbortController().signal,
  };
}

function aPoll(options: { max_waiting?: number; wait_seconds?: number; has_begun?: boolean } = {}) {
  const { tail, tell, listening } = aTail(options);
  const stopping = new AbortController();
  const gone = new AbortController();
  const gate = pollGate({
    tail,
    stopping: stopping.signal,
    max_waiting: options.max_waiting ?? 10,
  });
  const pages: number[][] = [];
  let reads = 0;
  const poll = (cursor?: string) => {
    const { wait_seconds = 20 } = options;
    const request = aRequest({ wait_seconds, gone: gone.signal, ...(cursor && { cursor }) });
    return gate.poll(request, async () => {
      reads += 1;
      return pages.shift() ?? [];
    });
  };
  const untilRead = async (count: number) => {
    while (reads < count) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { poll, pages, tell, listening, stopping, gone, untilRead, reads: () => reads };
}

describe('a long poll', () => {
  test('answers at once when there is something', async () => {
    const { poll, pages, listening } = aPoll();
    pages.push([1, 2]);
    expect(await poll()).toEqual([1, 2]);
    expect(listening()).toBe(0);
  });

  test('reads again when the journal names its party, and not for others', async () => {
    const { poll, pages, tell, untilRead, reads } = aPoll();
    const answer = poll();
    await untilRead(1);
    pages.push([7]);
    tell('polder');
    await untilRead(1);
    expect(reads()).toBe(1);

    tell('polder', 'swift');
    expect(await answer).toEqual([7]);
  });

  test('reads again once the tail knows where it begins', async () => {
    const { poll, pages, tell, untilRead } = aPoll({ has_begun: false });
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
    const page = await gate.poll(aRequest(), async () => {
      reads += 1;
      if (reads === 1) tell('swift');
      return reads === 1 ? [] : [7];
    });
    expect(page).toEqual([7]);
  });

  test('ends when the client leaves or the process stops, and lets go of the tail', async () => {
    for (const end of ['gone', 'stopping'] as const) {
      const poll = aPoll();
      const answer = poll.poll();
      await poll.untilRead(1);
      poll[end].abort();
      expect(await answer).toEqual([]);
      expect(poll.listening()).toBe(0);
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

  test('asks nobody again for what lies behind a cursor that was the end', async () => {
    const { poll, pages, tell, untilRead, reads } = aPoll();
    pages.push([1, 2]);
    await poll();
    const answer = poll('2');
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads()).toBe(1);

    pages.push([3]);
    tell('swift');
    expect(await answer).toEqual([3]);
    await untilRead(2);
    expect(reads()).toBe(2);
  });

  test('reads for a cursor that was not the end, and after a page that was full', async () => {
    const { poll, pages, reads } = aPoll();
    pages.push([1, 2], [2]);
    await poll();
    expect(await poll('1')).toEqual([2]);

    const full = Array.from({ length: 10 }, (_, at) => at + 3);
    pages.push(full, [13]);
    expect(await poll('2x')).toEqual(full);
    expect(await poll('12')).toEqual([13]);
    expect(reads()).toBe(4);
  });

  test('reads again when its party was named between two polls', async () => {
    const { poll, pages, tell } = aPoll();
    pages.push([1]);
    await poll();
    tell('swift');
    pages.push([2]);
    expect(await poll('1')).toEqual([2]);
  });

  test('knows no end of what was told while it read', async () => {
    const { tail, tell } = aTail();
    const gate = pollGate({ tail, stopping: new AbortController().signal, max_waiting: 1 });
    const first = await gate.poll(aRequest(), async () => {
      tell('swift');
      return [1];
    });
    const second = await gate.poll(aRequest({ cursor: '1' }), async () => [2]);
    expect([first, second]).toEqual([[1], [2]]);
  });
});
