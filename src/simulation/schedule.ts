/**
 * The diary of a simulation: what its parties will do, at instants of the shared clock. Whoever is
 * due is woken in order; while nothing is due nothing runs. Who moves the clock, or follows it, is told
 * what is due and who is still at work.
 */
import type { Clock } from '../runtime/clock.ts';

/** What a party does when its time comes. */
export type Deed = () => unknown;

export interface Schedule {
  /** Now, in milliseconds since 1970 by the shared clock. */
  now(): number;
  /** Does `deed` at `at` (ms since 1970 by the shared clock), at once if that has passed. */
  at(at: number, deed: Deed): void;
  /**
   * Does `deed` again and again until the end, when the one before has been done and the clock has gone
   * on by as much as it does in `ms` of the machine at full speed, or by `EVERY_MAX_MS`.
   */
  every(ms: number, deed: Deed): void;
  /** Does what only looks on every `ms` of the machine. */
  watch(ms: number, look: Deed): void;
  /** Does what has no end of its own, such as polling: nobody waits for it. */
  always(deed: Deed): void;
  /** Ends it: nothing is done from here on. */
  stop(): void;
  /** Ends it because of a defect. */
  fail(error: unknown): void;
  /** Resolves when it was stopped; rejects when a deed failed, which is a defect. */
  readonly ended: Promise<void>;
  readonly agenda: Agenda;
}

/** For whoever drives a schedule along its clock. */
export interface Agenda {
  /** When the next deed is to be done, ms since 1970; null = there is none. */
  next(): number | null;
  /** Starts all deeds up to `until` (ms since 1970), in order. */
  start(until: number): void;
  /** True while deeds that were started are not done yet. */
  isBusy(): boolean;
  /** Resolves when none is under way, or at the end. */
  quiet(): Promise<void>;
  /** Called whenever the next deed has become another. */
  onNext(listener: () => void): void;
  readonly isOver: boolean;
}

/** Who looks on now and then does so this often (ms of the clock) at least. */
const EVERY_MAX_MS = 2 * 3_600_000;

interface Entry {
  readonly at: number;
  /** Entries of the same instant keep their order. */
  readonly order: number;
  readonly deed: Deed;
}

/** Opens a diary on a clock; somebody must drive it: see `followClock` and `pace.ts`. */
export function openSchedule(clock: Clock): Schedule {
  const entries = queue();
  const ended = Promise.withResolvers<void>();
  const intervals: NodeJS.Timeout[] = [];
  const quiet = openGate();
  let onNext = () => {};
  let isOver = false;
  let order = 0;
  const now = () => clock.milliseconds();
  const stop = () => {
    isOver = true;
    for (const each of intervals) clearInterval(each);
    quiet.openForever();
    ended.resolve();
  };
  const fail = (error: unknown) => {
    if (!isOver) ended.reject(error);
    stop();
  };
  const run = async (deed: Deed) => {
    if (!isOver) await Promise.try(deed).catch(fail);
  };
  const at = (instant: number, deed: Deed) => {
    entries.add({ at: instant, order: order++, deed });
    if (entries.first()!.order === order - 1) onNext();
  };
  return {
    ...{ now, at, stop, fail, ended: ended.promise },
    every: (ms, deed) => {
      const again = () =>
        at(now() + Math.min(ms * clock.speed, EVERY_MAX_MS), async () => {
          await deed();
          again();
        });
      again();
    },
    watch: (ms, look) => void intervals.push(setInterval(() => run(look), ms)),
    always: (deed) => void run(deed),
    agenda: agendaOf(entries, { run, quiet, isOver: () => isOver }, (listener) => {
      onNext = listener;
    }),
  };
}

function agendaOf(
  entries: ReturnType<typeof queue>,
  { run, quiet, isOver }: Work,
  onNext: Agenda['onNext'],
): Agenda {
  return {
    next: () => entries.first()?.at ?? null,
    start: (until) => {
      for (let next = entries.first(); next !== undefined && next.at <= until; ) {
        entries.shift();
        quiet.enter();
        void run(next.deed).finally(quiet.leave);
        next = entries.first();
      }
    },
    isBusy: quiet.isBusy,
    quiet: quiet.passed,
    onNext,
    get isOver() {
      return isOver();
    },
  };
}

/** How deeds are done, and who waits for them. */
interface Work {
  readonly run: (deed: Deed) => Promise<void>;
  readonly quiet: ReturnType<typeof openGate>;
  readonly isOver: () => boolean;
}

/** Longest pause (ms) of one timer: a machine's timers hold 24 days. */
const TIMER_MAX_MS = 3_600_000;

/** Does what is due as the clock, which somebody else moves, comes to it. */
export function followClock(schedule: Schedule, clock: Clock): void {
  const { agenda } = schedule;
  let timer: NodeJS.Timeout | undefined;
  const arm = () => {
    clearTimeout(timer);
    const next = agenda.next();
    if (next === null || agenda.isOver) return;
    const wait_ms = Math.min((next - schedule.now()) / clock.speed, TIMER_MAX_MS);
    timer = setTimeout(runDue, Math.max(0, wait_ms));
  };
  const runDue = () => {
    agenda.start(schedule.now());
    arm();
  };
  agenda.onNext(arm);
  arm();
  schedule.ended.catch(() => {}).finally(() => clearTimeout(timer));
}

/** Counts who is inside; those who wait pass when nobody is. */
function openGate() {
  let inside = 0;
  let isForever = false;
  let waiting = Promise.withResolvers<void>();
  const settle = () => {
    if (inside > 0 && !isForever) return;
    waiting.resolve();
    waiting = Promise.withResolvers();
  };
  return {
    enter: () => {
      inside += 1;
    },
    leave: () => {
      inside -= 1;
      settle();
    },
    isBusy: () => inside > 0,
    passed: async () => {
      while (inside > 0 && !isForever) await waiting.promise;
    },
    openForever: () => {
      isForever = true;
      settle();
    },
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
