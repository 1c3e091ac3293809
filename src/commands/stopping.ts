/**
 * Stopping gracefully: on the first signal everything is shut in order, within a deadline; on the
 * second at once. Terminal and npm both pass Ctrl-C on, so signals that come together count as one.
 */
import type { Logger } from 'pino';
import { stopwatch } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals closer than this (s) are one press of a key. */
const SAME_PRESS_SECONDS = 1;
/** Exit code of a stop that was cut short. */
const CUT_SHORT = 1;

/** One thing to shut, with the word for it in the log. */
export interface StopStep {
  readonly what: string;
  stop(): Promise<unknown>;
}

/**
 * Waits for a signal, then shuts what `steps` holds by then, last opened first. Resolves with the
 * exit code; a step that fails is logged and the others go on.
 */
export async function runUntilStopped(
  config: Config,
  log: Logger,
  steps: readonly StopStep[],
): Promise<number> {
  const signal = await firstSignal();
  const sinceFirst = stopwatch();
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (sinceFirst() < SAME_PRESS_SECONDS) return;
      log.warn({ signal: name }, 'second signal: stopping at once');
      process.exit(CUT_SHORT);
    });
  }
  log.info({ signal }, 'stopping: finishing what is in hand; a second signal stops at once');
  const seconds = config.shutdown_deadline_seconds;
  setTimeout(() => {
    log.error({ seconds }, 'the deadline for stopping has passed: ending as it is');
    process.exit(CUT_SHORT);
  }, seconds * 1000).unref();
  const isClean = await stopAll(log, steps);
  log.info({ seconds: sinceFirst() }, 'stopped');
  return isClean ? 0 : CUT_SHORT;
}

/** Shuts `steps`, last opened first; true when none failed. */
export async function stopAll(log: Logger, steps: readonly StopStep[]): Promise<boolean> {
  let isClean = true;
  for (const { what, stop } of steps.toReversed()) {
    try {
      await stop();
      log.debug({ what }, 'shut');
    } catch (error) {
      isClean = false;
      log.error({ what, err: error }, 'could not be shut cleanly');
    }
  }
  return isClean;
}

async function firstSignal(): Promise<string> {
  return await new Promise((resolve) => {
    const listeners = SIGNALS.map((name) => {
      const listener = () => {
        for (const { name, listener } of listeners) process.off(name, listener);
        resolve(name);
      };
      process.on(name, listener);
      return { name, listener };
    });
  });
}
