/**
 * A lower bound of the hindsight programme where it is too large to solve: its Lagrangian at any
 * prices ≥ 0, Σ demand_c × (cheapest priced plan of c) − Σ supply_r × price_r, made better by
 * subgradient steps. By weak duality no policy and no solution of the programme costs less, so a
 * gap measured against it is, if anything, larger than the true one.
 */
import { type PlanOracle, pricedCost } from '../../routing/index.ts';

/** Steps without a better bound, after which the step length is halved. */
const PATIENCE = 4;

interface Value {
  readonly bound: number;
  /** Use less supply: the direction in which prices should move. */
  readonly excess: Float64Array;
}

function lagrangian(
  oracle: PlanOracle,
  demand: Float64Array,
  supply: Float64Array,
  prices: Float64Array,
): Value {
  const excess = supply.map((units) => -units);
  let bound = 0;
  supply.forEach((units, r) => {
    bound -= units * prices[r]!;
  });
  demand.forEach((orders, c) => {
    if (orders === 0) return;
    const plan = oracle.cheapest(c, prices, supply);
    bound += orders * pricedCost(plan, prices);
    plan.resources.forEach((r, i) => {
      excess[r]! += orders * plan.amounts[i]!;
    });
  });
  return { bound, excess };
}

/** The best bound found in `steps` steps from the given prices. O(steps × classes × oracle) */
export function lagrangianBound(
  oracle: PlanOracle,
  demand: Float64Array,
  supply: Float64Array,
  start: Float64Array,
  steps: number,
): number {
  let prices = Float64Array.from(start);
  let best = lagrangian(oracle, demand, supply, prices);
  let bestPrices = prices;
  // First steps move prices by about 0.05 money units where use is off by a tenth of the supply.
  let length = 0.5;
  let since = 0;
  let { excess } = best;
  for (let step = 0; step < steps; step++) {
    prices = prices.map((price, r) =>
      Math.max(0, price + (length * excess[r]!) / Math.max(1, supply[r]!)),
    );
    const value = lagrangian(oracle, demand, supply, prices);
    excess = value.excess;
    if (value.bound > best.bound) {
      best = value;
      bestPrices = prices;
      since = 0;
    } else if (++since >= PATIENCE) {
      length /= 2;
      since = 0;
      prices = bestPrices;
      excess = best.excess;
    }
  }
  return best.bound;
}
