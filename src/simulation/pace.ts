/**
 * The pace of a simulation: the clock is moved on only when everybody has done what is to be done by
 * now. Parties that speak to a busy engine, an engine that has orders to decide, an offer that is on
 * its way to its carrier: all of them hold it. So a slow machine tells its story slowly, not another
 * story; and the same seed tells the same on any.
 *
 *   12:00 ─ deeds, answers, decisions, offers … all done ─▶ 12:01 ─ …
 *
 * While it is held the clock goes on at the machine's own speed: see `runtime/clock-file.ts`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ClockHand } from '../runtime/clock.ts';
import type { Polls } from './http-party.ts';
import type { Schedule } from './schedule.ts';

/** The engine as seen when it has nothing to do by now. */
export interface EngineAtRest {
  /** When it next has something to do by itself (ms since 1970); null = never. */
  readonly next_due: number | null;
  /** Long polls that it lets wait, and that hold nothing back. */
  readonly polls_waiting: number;
}

/** How a clock is moved. */
export interface Pace {
  readonly hand: ClockHand;
  /** Most seconds of the clock per second of the machine. */
  readonly speed: number;
  /** Resolves when the engine has done all that is to be done by now. */
  atRest(): Promise<EngineAtRest>;
}

/** The clock is moved so often a second at full speed … */
const MOVES_PER_SECOND = 24;
/** … but stops at the end of each step (s of the clock) in which something is due: that is done together. */
const STEP_MAX_SECONDS = 120;
/** The engine may be given work by others: it is asked this often (ms of the machine) at least. */
const ASK_MS = 250;
/** An answer that is under way arrives within a moment (ms). */
const MOMENT_MS = 1;

/** Moves the clock until the schedule ends. Rejects when the engine can no longer be asked. */
export async function keepPace(
  about: Pace & { readonly schedule: Schedule; readonly polls: () => Polls },
): Promise<void> {
  const { hand, speed, schedule } = about;
  const { agenda } = schedule;
  let shown = schedule.now();
  let due: number | null = shown;
  let asked = Number.NEGATIVE_INFINITY;
  while (!agenda.isOver) {
    const began = performance.now();
    const isDue = (at: number | null) => at !== null && at <= shown;
    if (isDue(due) || isDue(agenda.next()) || agenda.isBusy() || began - asked > ASK_MS) {
      // What the engine does by itself comes first: what the parties do then always meets it done.
      if (isDue(due)) await about.atRest();
      due = (await settle(about, shown))?.next_due ?? null;
      asked = performance.now();
    }
    const before = Math.max(shown, schedule.now());
    shown = stepAfter(before, Math.min(due ?? Infinity, agenda.next() ?? Infinity), speed);
    // The steps are as far apart as the speed wants it, or as the work of the last one took.
    await pause(Math.max(0, (shown - before) / speed - (performance.now() - began)));
    if (!agenda.isOver) hand.moveTo(Temporal.Instant.fromEpochMilliseconds(shown));
  }
}

/** Where the clock is moved next (ms): to the end of the step in which `next` falls, or as far as it may. */
export function stepAfter(now: number, next: number, speed: number): number {
  const seconds = Math.max(1, Math.round(speed / MOVES_PER_SECOND));
  const step_ms = Math.min(seconds, STEP_MAX_SECONDS) * 1000;
  const first = (Math.floor(now / step_ms) + 1) * step_ms;
  const furthest = first + Math.floor((seconds * 1000) / step_ms - 1) * step_ms;
  const wanted = Math.ceil(next / step_ms) * step_ms;
  return Math.min(Math.max(first, wanted), furthest);
}

/** Starts what is due at `shown`, and waits until nobody has anything to do by then; null at the end. */
async function settle(
  { atRest, schedule, polls }: Pace & { schedule: Schedule; polls: () => Polls },
  shown: number,
): Promise<EngineAtRest | null> {
  const { agenda } = schedule;
  const isDue = () => (agenda.next() ?? Number.POSITIVE_INFINITY) <= shown;
  while (!agenda.isOver) {
    agenda.start(shown);
    await agenda.quiet();
    if (isDue()) continue;
    const { answered } = polls();
    const rest = await atRest();
    const now = polls();
    const isHeard = now.answered === answered && rest.polls_waiting >= now.open;
    if (isHeard && !isDue() && !agenda.isBusy()) return rest;
    await pause(MOMENT_MS);
  }
  return null;
}
