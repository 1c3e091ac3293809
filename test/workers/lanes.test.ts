/** A step in several lanes: all of them end, whatever the step says and however one of them fails. */
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { testConfig } from '../../src/runtime/config.ts';
import { BATCHES_MAX, runUntilDone } from '../../workers/handlers.ts';

/** What running a step asks of the engine. */
const ENGINE = {
  config: testConfig({ batch_pause_ms: 0 }),
  log: pino({ level: 'silent' }),
} as unknown as Engine;
const never = new AbortController().signal;

describe('lanes', () => {
  test('a step that always knows of more ends its job after so many batches', async () => {
    let batches = 0;
    const step = async () => {
      batches += 1;
      // One that runs on and on is a failure of the test, not an endless test.
      if (batches > 10 * BATCHES_MAX) throw new Error('the job goes on and on');
      return { done: 1, more: true };
    };

    await runUntilDone(ENGINE, { name: 'endless', step, lanes: 2 }, never);

    expect(batches).toBe(BATCHES_MAX);
  });

  test('a lane that fails closes the others, and the job fails after them', async () => {
    let running = 0;
    let batches = 0;
    const step = async () => {
      running += 1;
      batches += 1;
      const isBad = batches > 2 && batches % 2 === 1;
      await new Promise(setImmediate);
      running -= 1;
      if (isBad) throw new Error(`batch ${batches} is bad`);
      return { done: 1, more: batches < 200 };
    };

    const job = runUntilDone(ENGINE, { name: 'failing', step, lanes: 2 }, never);

    await expect(job).rejects.toThrow('is bad');
    expect(running).toBe(0);
    // The one that failed, and what the other lane had in hand.
    expect(batches).toBeLessThanOrEqual(5);
  });

  test('a step that stops knowing of more is done in every lane', async () => {
    let left = 50;
    let most = 0;
    let running = 0;
    const step = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      const done = left > 0 ? 1 : 0;
      left -= done;
      return { done, more: left > 0 };
    };

    await runUntilDone(ENGINE, { name: 'finite', step, lanes: 2 }, never);

    expect({ left, most, running }).toEqual({ left: 0, most: 2, running: 0 });
  });
});
