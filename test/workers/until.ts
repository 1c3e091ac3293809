/** Waiting on conditions instead of sleeping. */
import { setTimeout as pause } from 'node:timers/promises';
import { stopwatch } from '../../src/runtime/clock.ts';

const POLL_MS = 10;

/** Resolves once `holds` does; throws after `limit_seconds`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limit_seconds = 15,
): Promise<void> {
  const elapsed = stopwatch();
  while (!(await holds())) {
    if (elapsed() > limit_seconds) {
      throw new Error(`still not so after ${limit_seconds} s: ${holds.toString()}`);
    }
    await pause(POLL_MS);
  }
}
