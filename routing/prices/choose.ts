/** One choice at the prices in force. */
import type { Plan, PlanOracle } from './types.ts';

/**
 * The plan of least cost plus prices from the supply at hand; without prices the cheapest now,
 * which is what exact greedy does. One call of the oracle and O(resources).
 */
export function choosePlan(
  oracle: PlanOracle,
  orderClass: number,
  prices: Float64Array | undefined,
  free: Float64Array,
): Plan {
  return oracle.cheapest(orderClass, prices ?? new Float64Array(oracle.resources), free);
}

/** Gives back what a plan uses. O(resources of the plan). */
export function givePlan(free: Float64Array, plan: Plan): void {
  plan.resources.forEach((r, i) => {
    free[r]! += plan.amounts[i]!;
  });
}

/** Takes what a plan uses from the supply. O(resources of the plan). */
export function takePlan(free: Float64Array, plan: Plan): void {
  plan.resources.forEach((r, i) => {
    free[r]! -= plan.amounts[i]!;
  });
}
