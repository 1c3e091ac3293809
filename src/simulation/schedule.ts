/**
 * The diary of a simulation: what its parties will do, at instants of the shared clock. Whoever is
 * due is woken in order; while nothing is due nothing runs.
 */
import type { Clock } from '../runtime/clock.ts';

/** What a party does when its time comes. */
export type Deed = () => unknown;

export interface Schedule {
  /** Now, in milliseconds since 1970 by the shared clock. */
  now(): number;
  /** Does `deed` at `at` (ms since 1970 by the shared clock), at once if that has passed. */
  at(at: number, deed: Deed): void;
  /** Does `deed` when `ms` of the machine have passed, and again and again until the end. */
  every(ms: number, deed: Deed): void;
  /** Ends it: nothing is done from here on. */
  stop(): void;
  /** Resolves when it was stopped; rejects when a deed failed, which is a defect. */
  readonly ended: Promise<void>;
}

interface Entry {
  readonly at: number;
  /** Entries of the same instant keep their order. */
  readonly order: number;
  readonly deed: Deed;
}

/** Longest pause (ms) of one timer: a machine's timers hold 24 days. */
const TIMER_MAX_MS = 3_600_000;

/** Opens a diary on a clock. */
export function openSchedule(clock: Clock): Schedule {
  const entries = queue();
  const ended = Promise.withResolvers<void>();
  const intervals: NodeJS.Timeout[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let order = 0;
  const now = () => clock.milliseconds();
  const stop = () => {
    isOver = true;
    clearTimeout(timer);
    for (const each of intervals) clearInterval(each);
    ended.resolve();
  };
  const fail = (error: unknown) => {
    if (!isOver) ended.reject(error);
    stop();
  };
  const run = (deed: Deed) => {
    if (isOver) return;
    Promise.try(deed).catch(fail);
  };
  const arm = () => {
    clearTimeout(timer);
    const next = entries.first();
    if (next === undefined || isOver) return;
    const wait_ms = Math.min((next.at - now()) / clock.speed, TIMER_MAX_MS);
    timer = setTimeout(runDue, Math.max(0, wait_ms));
  };
  const runDue = () => {
    const until = now();
    for (let next = entries.first(); next !== undefined && next.at <= until; ) {
      entries.shift();
      run(next.deed);
      next = entries.first();
    }
    arm();
  };
  return {
    now,
    at: (at, deed) => {
      entries.add({ at, order: order++, deed });
      if (entries.first()!.order === order - 1) arm();
    },
    every: (ms, deed) => void intervals.push(setInterval(() => run(deed), ms)),
    stop,
    ended: ended.promise,
  };
}

/** A binary heap: the earliest entry first. O(log n) to add and to take. */
function queue() {
  const heap: Entry[] = [];
  const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    first: (): Entry | undefined => heap[0],
    add: (entry: Entry) => {
      let at = heap.push(entry) - 1;
      while (at > 0 && isBefore(heap[at]!, heap[(at - 1) >> 1]!)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    shift: () => {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        let least = at;
        for (const child of [left, left + 1]) {
          if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
        }
        if (least === at) return;
        swap(at, least);
        at = least;
      }
    },
  };
}
