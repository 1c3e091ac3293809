/**
 * The most a unit of a resource can be worth: what it costs the class that misses it most to do
 * without, that is its second-best choice less its best. A price above that turns nobody else
 * away; capped there, a wrong price costs an order of one unit at most the step to its second-best
 * choice, and an order of several at most the sum of those steps.
 */
import { pricedCost } from './plan-programme.ts';
import type { PlanOracle } from './types.ts';

/**
 * Largest regret per resource over the classes with demand, per unit used. `free` is the supply
 * that choices are made from. O(classes × (plan size + 1) × oracle).
 */
export function regretCaps(
  oracle: PlanOracle,
  demand: Float64Array,
  free: Float64Array,
): Float64Array {
  const none = new Float64Array(oracle.resources);
  const caps = new Float64Array(oracle.resources);
  const without = Float64Array.from(free);
  for (let c = 0; c < oracle.classes; c++) {
    if (demand[c]! <= 0) continue;
    const best = oracle.cheapest(c, none, free);
    best.resources.forEach((r, i) => {
      without[r] = 0;
      const second = oracle.cheapest(c, none, without);
      without[r] = free[r]!;
      const regret = (pricedCost(second, none) - best.cost) / best.amounts[i]!;
      caps[r] = Math.max(caps[r]!, regret);
    });
  }
  return caps;
}
