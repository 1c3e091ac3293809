/**
 * The backlog as the door needs it: counting it reads every waiting order, so a reading is believed for a
 * moment, however many groups of orders come in meanwhile.
 */
import type { DecisionBudgets } from '../../db/backorders.ts';
import { type Backlog, readBacklog } from '../../db/orders.ts';
import { budgetOf } from './decision-budget.ts';
import type { BacklogGauge } from './engine.ts';

/** How long (ms) a reading is believed: far below any deadline, well above a group commit. */
const BELIEVE_MS = 50;

/** Over how long (s of the machine) it is counted how fast orders are decided. */
export const PACE_SECONDS = 2;

/**
 * Share of its time that a platform's first order may have waited while all is calm: then any number may
 * come. Where orders come r times as fast as they are decided, the last one taken waits r times as long: a
 * rush of up to eight times the capacity is kept within the deadline.
 */
const CALM_SHARE = 1 / 8;

/**
 * True while of each platform the most urgent order has most of its own time left, or none waits. A rush
 * of orders with a long deadline must be seen while shorter ones are still decided before them.
 */
export function isCalm(
  { first_deadlines }: Pick<Backlog, 'first_deadlines'>,
  budgets: DecisionBudgets,
  now: Temporal.Instant,
): boolean {
  return first_deadlines.every(({ platform_id, decide_by }) => {
    const left_ms = decide_by.epochMilliseconds - now.epochMilliseconds;
    return left_ms >= budgetOf(budgets, platform_id) * 1000 * (1 - CALM_SHARE);
  });
}

/** Makes a gauge. Its age is the machine's business, so it does not follow the injected clock. */
export function createBacklogGauge(limits: { readonly believe_ms?: number } = {}): BacklogGauge {
  const believeMs = limits.believe_ms ?? BELIEVE_MS;
  let last: { readonly backlog: Backlog; readonly until: number } | null = null;
  let taken = 0;
  return {
    read: async (tx, { clock }) => {
      if (last === null || performance.now() >= last.until) {
        const window_ms = Math.round(PACE_SECONDS * 1000 * clock.work_speed);
        const backlog = await readBacklog(tx, clock.now().subtract({ milliseconds: window_ms }));
        last = { backlog, until: performance.now() + believeMs };
        taken = 0;
      }
      return { ...last.backlog, orders: last.backlog.orders + taken };
    },
    took: (orders) => {
      taken += orders;
    },
  };
}
