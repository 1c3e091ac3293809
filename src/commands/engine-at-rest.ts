/**
 * Whether the engine of this process has done all that is to be done by now: what a clock that waits
 * for the work asks before it goes on.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { readRest } from '../../db/bells.ts';
import type { Workers } from '../../workers/worker.ts';
import type { PollsTold } from '../api/app.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { stopwatch } from '../runtime/clock.ts';
import type { EngineAtRest } from '../simulation/pace.ts';

/** An engine that works is asked again after this long (ms). */
const AGAIN_MS = 4;
const DATABASE_AWAY_MS = 200;
const AWAY = { owed: [], last_seq: 0, next_due: null };
/** Work that is owed for longer than this (s) is worth a word. */
const WORD_SECONDS = 15;

/** The parts of an engine that runs in one process. */
export interface RunningEngine {
  readonly engine: Engine;
  readonly workers: Pick<Workers, 'isBusy' | 'look'>;
  readonly api: { pollsTold(): PollsTold };
  readonly stopping: AbortSignal;
}

/**
 * Resolves when no order waits for a decision, nothing is due, no job is in hand, and all that was
 * journaled has been told to the polls that wait. Work that other processes do is seen by what is owed.
 */
export async function engineAtRest(running: RunningEngine): Promise<EngineAtRest> {
  const { engine, workers, api, stopping } = running;
  const waited = stopwatch();
  let word_seconds = WORD_SECONDS;
  for (;;) {
    const seen = await look(engine).catch((error) => {
      engine.log.warn({ err: error }, 'the engine cannot be asked whether it is at rest');
      return null;
    });
    if (seen === null && !stopping.aborted) {
      // The database is away for a moment: so is the engine, and the clock waits for both.
      await pause(DATABASE_AWAY_MS);
      continue;
    }
    const { owed, last_seq, next_due } = seen ?? AWAY;
    const { position, asleep } = api.pollsTold();
    const isTold = asleep === 0 || (position !== null && position >= last_seq);
    // Prices are computed after their timer was moved on.
    const isIdle = owed.length === 0 && isTold && !workers.isBusy('price');
    if (isIdle || stopping.aborted) {
      // What was learned or imported meanwhile is in force from here on, however young the last look.
      engine.networks.refresh();
      return { next_due: next_due?.epochMilliseconds ?? null, polls_waiting: asleep };
    }
    if (owed.length > 0) workers.look();
    if (waited() > word_seconds) {
      engine.log.warn(
        { owed, isTold },
        'the clock of the demo waits: there is work that is not done',
      );
      word_seconds *= 2;
    }
    await pause(AGAIN_MS);
  }
}

async function look({ database, clock }: Engine) {
  const asked = { now: clock.now(), speed: clock.work_speed, is_sweep: true };
  const { last_seq, next_due, ...bells } = await readRest(database, asked);
  const owed = Object.entries(bells).flatMap(([queue, isOwed]) => (isOwed ? [queue] : []));
  return { owed, last_seq, next_due };
}
