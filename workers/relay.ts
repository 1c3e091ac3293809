/**
 * The doorbell relay: the only one who adds jobs. It looks at the database whenever a transaction
 * journals something and once per sweep, and rings every queue that is owed. Nothing is lost when a
 * ring is: the next sweep sees that the work is still there. What falls due while nobody journals (a
 * lease, a milestone, a quote) is seen by the next look, so a clock that runs fast is looked at often.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type OwedBells, readOwedBells } from '../db/bells.ts';
import { inTransaction } from '../db/database.ts';
import { JOURNAL_CHANNEL } from '../db/journal.ts';
import { listen } from '../db/listen.ts';
import type { Services } from '../src/runtime/services.ts';

/** Shortest pause (ms) between two looks: rings that come closer share one. */
const GAP_MS = 20;
/** Longest time (ms of the machine) until a look at what has fallen due, however fast the clock runs. */
const TIMER_MIN_MS = 100;

export interface Relay {
  /** Looks soon, also for what only the sweep looks for. */
  look(): void;
  stop(): Promise<void>;
}

/** Starts looking; `onOwed` is told after each look what is owed and rings. */
export function startRelay(
  { config, database, clock, log }: Services,
  onOwed: (owed: OwedBells) => Promise<void>,
): Relay {
  const stopping = new AbortController();
  let wake = Promise.withResolvers<void>();
  const wakeUp = () => wake.resolve();
  const listening = listen({
    url: database.url,
    channel: JOURNAL_CHANNEL,
    onRing: wakeUp,
    onError: (error) => log.warn({ err: error }, 'the journal is not heard for now: sweeping'),
  });
  let is_sweep = true;
  const sweep = setInterval(() => {
    is_sweep = true;
    wakeUp();
  }, config.sweep_interval_ms);
  const timers = setInterval(wakeUp, timerMs(config.sweep_interval_ms, clock.speed));
  const lookOnce = async () => {
    const look = { now: clock.now(), speed: clock.work_speed, is_sweep };
    is_sweep = false;
    try {
      await onOwed(await inTransaction(database, (tx) => readOwedBells(tx, look)));
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'could not ask which bells are owed');
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await wake.promise;
      wake = Promise.withResolvers();
      await lookOnce();
      await pause(GAP_MS);
    }
  })();
  return {
    look: () => {
      is_sweep = true;
      wakeUp();
    },
    stop: async () => {
      stopping.abort();
      clearInterval(sweep);
      clearInterval(timers);
      wake.resolve();
      await Promise.all([running, listening.close()]);
    },
  };
}

/**
 * How often (ms) to look at what has fallen due. By the machine's own clock the sweep does, so that
 * nothing is found later than one interval of it; for a clock that runs n times as fast a look comes
 * as close to that as one per `TIMER_MIN_MS` can.
 */
export function timerMs(sweep_interval_ms: number, speed: number): number {
  return Math.max(sweep_interval_ms / speed, Math.min(TIMER_MIN_MS, sweep_interval_ms));
}
