/**
 * WAKE: backordered orders whose stock came while nobody looked. Receipts and adjustments wake orders
 * themselves; this sweep finds what a cancellation, a lapsed quote or a failed tender freed, and
 * what was counted in at the very moment an order was put to wait.
 */
import { wakeOverlooked } from '../../db/backorders.ts';
import { inTransaction } from '../../db/database.ts';
import { decisionBudgets } from './decision-budget.ts';
import type { Engine } from './engine.ts';

/**
 * Wakes one batch. Orders that wait go first come, first served. The units that woke them stay free
 * until they are decided, and a second look before that would wake the next ones for the same units:
 * so the step yields.
 */
export async function wakeOrders(
  engine: Engine,
): Promise<{ done: number; more: boolean; yields: true }> {
  const limit = engine.config.decide_batch_orders;
  const budgets = await decisionBudgets(engine);
  const at = engine.clock.now();
  const woken = await inTransaction(engine.database, (tx) =>
    wakeOverlooked(
      tx,
      { at, budgets, request_id: null },
      { limit, speed: engine.clock.work_speed },
    ),
  );
  return { done: woken.length, more: woken.length === limit, yields: true };
}
