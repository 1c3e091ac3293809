/**
 * The backlog as the door needs it: counting it reads an index entry per waiting order, so a reading
 * is believed for a moment, however many groups of orders come in meanwhile.
 */
import { type Backlog, readBacklog } from '../../db/orders.ts';
import type { BacklogGauge } from './engine.ts';

/** How long (ms) a reading is believed: far below any deadline, well above a group commit. */
const BELIEVE_MS = 50;

/** Makes a gauge. Its age is the machine's business, so it does not follow the injected clock. */
export function createBacklogGauge(limits: { readonly believe_ms?: number } = {}): BacklogGauge {
  const believeMs = limits.believe_ms ?? BELIEVE_MS;
  let last: { readonly backlog: Backlog; readonly until: number } | null = null;
  let taken = 0;
  return {
    read: async (tx) => {
      if (last === null || performance.now() >= last.until) {
        const backlog = await readBacklog(tx);
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
