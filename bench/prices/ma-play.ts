/**
 * Plays a sequence of arrivals: exact greedy on live stock, prices, and the hindsight bound. All
 * three see the same arrivals, stock and costs.
 */
import {
  choosePlan,
  type LinearSolver,
  type PlanOracle,
  type PlanProgramme,
  takePlan,
} from '../../routing/index.ts';
import { type Belief, keepPrices, type PricePolicy } from './kept-prices.ts';
import { countOrders } from './ma-arrivals.ts';

/** What is played. */
export interface MaGame {
  readonly oracle: PlanOracle;
  readonly stock: Float64Array;
  readonly arrivals: Int32Array;
}

/** Total cost of taking the cheapest plan on live stock each time. */
export function playGreedy({ oracle, stock, arrivals }: MaGame): number {
  const free = Float64Array.from(stock);
  let cost = 0;
  for (const orderClass of arrivals) {
    if (orderClass < 0) continue;
    const plan = choosePlan(oracle, orderClass, undefined, free);
    takePlan(free, plan);
    cost += plan.cost;
  }
  return cost;
}

/** The method LP on the orders that came: no policy can cost less. */
export function hindsightBound(
  { oracle, stock, arrivals }: MaGame,
  programme: PlanProgramme,
): number {
  const demand = countOrders(arrivals, oracle.classes);
  const priced = programme.solve({ demand, supply: stock });
  if (priced.status === 'failed') throw new Error(`Hindsight bound: ${priced.reason}`);
  return priced.cost;
}

/** Cost of a game played with prices, and processor time of its refreshes. */
export interface Played {
  readonly cost: number;
  readonly first_refresh_ms: number;
  readonly slowest_refresh_ms: number;
}

/** Plays with prices: refreshed from what has been seen until then (see `Cycle`). */
export function playPrices(
  { oracle, stock, arrivals }: MaGame,
  solver: LinearSolver,
  belief: Belief,
  policy: PricePolicy,
): Played {
  const prices = keepPrices(solver, { arrivals, belief, policy });
  const free = Float64Array.from(stock);
  const used = new Float64Array(oracle.resources);
  let cost = 0;
  arrivals.forEach((orderClass, t) => {
    prices.look(t, free);
    used.fill(0);
    if (orderClass >= 0) {
      const plan = choosePlan(oracle, orderClass, prices.current(), free);
      takePlan(free, plan);
      plan.resources.forEach((r, i) => {
        used[r] = plan.amounts[i]!;
      });
      cost += plan.cost;
    }
    prices.note(used);
  });
  prices.close();
  return { cost, ...prices.times() };
}
