/** Which steps a bell starts: the map of the system, written out. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { decideOrders } from '../src/fulfillment/decide-orders.ts';
import type { Engine } from '../src/fulfillment/engine.ts';
import { expireQuotes } from '../src/fulfillment/expire-quotes.ts';
import { learnTransit } from '../src/fulfillment/learn-transit.ts';
import { redecideOrders } from '../src/fulfillment/redecide-orders.ts';
import { refreshPrices } from '../src/fulfillment/refresh-prices.ts';
import { repriceShipments } from '../src/fulfillment/reprice-shipments.ts';
import { shadowOrders } from '../src/fulfillment/shadow-orders.ts';
import { tenderShipments } from '../src/fulfillment/tender-shipments.ts';
import { wakeOrders } from '../src/fulfillment/wake-orders.ts';
import { watchMilestones } from '../src/fulfillment/watch-milestones.ts';
import { stopwatch } from '../src/runtime/clock.ts';
import { recordStep, recordStepFailure } from '../src/runtime/telemetry.ts';
import type { QueueName } from './queues.ts';

/**
 * A step takes one batch; `more` says that work is left that it knows of. A step whose outcome
 * `yields` makes work for the steps after it: they go on before it looks again.
 */
export type Step = (engine: Engine) => Promise<{ done: number; more: boolean; yields?: true }>;

/** The steps of each queue, by name. */
export type Handlers = { readonly [queue in QueueName]: { readonly [step: string]: Step } };

export const HANDLERS: Handlers = {
  decide: { wakeOrders, decideOrders },
  tender: { tenderShipments },
  watch: { repriceShipments, watchMilestones, expireQuotes, learnTransit },
  price: { refreshPrices },
  review: { redecideOrders, shadowOrders },
};

/**
 * After this many batches of all lanes together the job ends and the next bell goes on, so that a job
 * never runs for ever and the steps before it get their turn.
 */
export const BATCHES_MAX = 1000;

/** Runs every step of a queue until it has nothing more to do, or until `stopping`. */
export async function answerBell(
  engine: Engine,
  steps: Handlers[QueueName],
  stopping: AbortSignal,
): Promise<void> {
  let isAgain = true;
  for (let round = 0; isAgain && round < BATCHES_MAX && !stopping.aborted; round += 1) {
    isAgain = false;
    for (const [name, step] of Object.entries(steps)) {
      const lanes = step === decideOrders ? engine.config.decide_lanes : 1;
      if (await runUntilDone(engine, { name, step, lanes }, stopping)) isAgain = true;
    }
  }
}

/** A step, and how many of its batches may run beside each other. */
export interface Track {
  readonly name: string;
  readonly step: Step;
  readonly lanes: number;
}

/**
 * Runs one step until it has nothing more to do; true if it yielded to the steps after it. While
 * there is more than one batch can take, another lane opens: one solves while another is stored.
 */
export async function runUntilDone(
  engine: Engine,
  track: Track,
  stopping: AbortSignal,
): Promise<boolean> {
  const lanes: Promise<boolean>[] = [];
  const batches = { left: BATCHES_MAX };
  let open = 0;
  const openLane = () => {
    if (open >= track.lanes || batches.left <= 0) return;
    open += 1;
    const isFirst = lanes.length === 0;
    const lane = runLane(engine, track, stopping, { batches, isFirst, onMore: openLane });
    const closed = lane.finally(() => {
      open -= 1;
    });
    // Each is awaited below; one that fails while another runs must not count as unhandled. The
    // others end too: a batch that fails comes first again, and the job must rest before that.
    closed.catch(() => {
      batches.left = 0;
    });
    lanes.push(closed);
  };
  openLane();
  let hasYielded = false;
  const failures: unknown[] = [];
  // All of them, also after a failure: a job does not end while a lane of it runs.
  for (let at = 0; at < lanes.length; at += 1) {
    try {
      hasYielded = (await lanes[at]!) || hasYielded;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return hasYielded;
}

async function runLane(
  engine: Engine,
  { name, step }: Track,
  stopping: AbortSignal,
  { batches, isFirst, onMore }: { batches: { left: number }; isFirst: boolean; onMore: () => void },
): Promise<boolean> {
  for (; batches.left > 0 && !stopping.aborted; ) {
    batches.left -= 1;
    const outcome = await runStep(engine, name, step);
    if (outcome.yields) return outcome.done > 0;
    // Whatever was done took time in which more may have come: one look in vain is cheaper than
    // another bell.
    if (!outcome.more && outcome.done === 0) return false;
    // Lets requests of the same process in, and gives a batch that was not full time to grow.
    if (outcome.more) await nextTurn();
    else if (isFirst) await pause(engine.config.batch_pause_ms);
    // What is left is less than a batch: two lanes would only halve it.
    else return false;
    if (outcome.more) onMore();
  }
  return false;
}

async function runStep(engine: Engine, name: string, step: Step) {
  const elapsed = stopwatch();
  try {
    const outcome = await step(engine);
    recordStep(name, { seconds: elapsed(), rows: outcome.done });
    if (outcome.done > 0) {
      engine.log.debug({ step: name, rows: outcome.done, seconds: elapsed() }, 'step done');
    }
    return outcome;
  } catch (error) {
    recordStepFailure(name);
    engine.log.error({ step: name, err: error }, 'step failed: its work stays owed');
    throw error;
  }
}
