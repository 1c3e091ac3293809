/** Runs long work on the event loop in steps: others are served in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What the steps return, after their last. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}
