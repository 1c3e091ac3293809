/**
 * The watchdog of the queues: work that is owed while no job starts means that the queue is broken
 * in a way nobody reported (a wedged connection, a lost job whose deduplication key stayed behind).
 */
import { stopwatch } from '../src/runtime/clock.ts';
import { recordQueueAge } from '../src/runtime/telemetry.ts';
import type { QueueName } from './queues.ts';

/** A step that fails is not rung at once again: the rest (s) doubles from the first to the longest. */
const REST_FIRST_SECONDS = 0.5;
const REST_MAX_SECONDS = 30;
/**
 * A bell that was rung and not yet answered here is rung again after this long (s): another process
 * may have taken it. A job that starts looks at everything, so until then more bells say nothing new.
 */
const RING_AGAIN_SECONDS = 1;

export interface Watchdog {
  /** What the database owes now; true when `queue` must be taken for broken. */
  saw(queue: QueueName, isOwed: boolean): boolean;
  started(queue: QueueName): void;
  ended(queue: QueueName, outcome: 'done' | 'failed'): void;
  /** A job is being added. */
  rang(queue: QueueName): void;
  /** False while `queue` rests after a failure, or while the last job added has yet to start. */
  mayRing(queue: QueueName): boolean;
  /** Starts counting anew: the connection is new. */
  reset(): void;
}

interface QueueState {
  running: number;
  failures: number;
  /** Seconds since the queue has been owed a job that did not start; null = all is well. */
  waiting: (() => number) | null;
  /** Seconds since the last failure. */
  resting: (() => number) | null;
  /** Seconds since a job was added that has not started here. */
  rung: (() => number) | null;
}

/**
 * Watches all queues; `limit_seconds` is how long a bell may be owed without a job starting, on the
 * machine's own time as `measure` tells it.
 */
export function createWatchdog(limit_seconds: number, measure = stopwatch): Watchdog {
  const states = new Map<QueueName, QueueState>();
  const stateOf = (queue: QueueName): QueueState => {
    const state = states.get(queue) ?? newState();
    states.set(queue, state);
    return state;
  };
  return {
    saw: (queue, isOwed) => {
      const state = stateOf(queue);
      const isWell = !isOwed || state.running > 0 || isResting(state);
      state.waiting = isWell ? null : (state.waiting ?? measure());
      const seconds = state.waiting?.() ?? 0;
      recordQueueAge(queue, seconds);
      return seconds > limit_seconds;
    },
    started: (queue) => {
      const state = stateOf(queue);
      state.running += 1;
      state.waiting = null;
      state.rung = null;
    },
    ended: (queue, outcome) => {
      const state = stateOf(queue);
      state.running -= 1;
      state.failures = outcome === 'failed' ? state.failures + 1 : 0;
      state.resting = outcome === 'failed' ? measure() : null;
    },
    rang: (queue) => {
      stateOf(queue).rung = measure();
    },
    mayRing: (queue) => {
      const state = stateOf(queue);
      const isUnderWay = state.rung !== null && state.rung() < RING_AGAIN_SECONDS;
      return !isUnderWay && !isResting(state);
    },
    reset: () => {
      for (const state of states.values()) state.waiting = state.rung = null;
    },
  };
}

function newState(): QueueState {
  return { running: 0, failures: 0, waiting: null, resting: null, rung: null };
}

function isResting({ failures, resting }: QueueState): boolean {
  if (resting === null) return false;
  return resting() < Math.min(REST_FIRST_SECONDS * 2 ** (failures - 1), REST_MAX_SECONDS);
}
