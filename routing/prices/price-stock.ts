/**
 * Prices of stock from kinds of orders that each come from one warehouse whole. Plain data in and
 * out, so that it can run beside the process that decides: nothing here needs the network.
 */
import { regretCaps } from './caps.ts';
import { type DemandRecord, learnedDemand } from './demand.ts';
import { sampleNormal } from './sampling.ts';
import { openScenarios } from './scenarios.ts';
import { seededChance } from './seeded-chance.ts';
import type { LinearSolver, Plan, PlanOracle } from './types.ts';

/** One way to serve a class: a resource (units of a SKU in a warehouse) and the order's cost from it. */
export interface StockChoice {
  readonly resource: number;
  readonly cost: number;
}

/** A kind of order. */
export interface StockClass {
  readonly choices: readonly StockChoice[];
  /** Units of the resource that one order uses. */
  readonly quantity: number;
  /** What an order costs that nobody can serve. */
  readonly unserved_cost: number;
  /** Orders forecast until the horizon, before what was learned. */
  readonly forecast: number;
  /** Group whose demand it shares. */
  readonly group: number;
}

/** What stock is priced from. */
export interface StockPricing {
  /** Free units of each resource. */
  readonly supply: readonly number[];
  readonly classes: readonly StockClass[];
  /** Evidence per group, as {@link DemandRecord}. */
  readonly shape: number;
  readonly seen: readonly number[];
  readonly forecast_seen: readonly number[];
  readonly scenarios: number;
  readonly seed: number;
}

/** A price per resource, or why there is none. */
export type PricedStock =
  | {
      readonly status: 'priced';
      /** Capped prices per unit, ≥ 0. */
      readonly prices: readonly number[];
      /** Units that the scenarios plan to use, on average. */
      readonly planned: readonly number[];
    }
  | { readonly status: 'failed'; readonly reason: string };

/** The oracle over choices: the cheapest with the units, or not to serve. Ties go to the first. */
export function stockOracle(classes: readonly StockClass[], resources: number): PlanOracle {
  const cheapest = (c: number, prices: Float64Array, free: Float64Array): Plan => {
    const { choices, quantity, unserved_cost } = classes[c]!;
    let best: StockChoice | undefined;
    let least = unserved_cost;
    for (const choice of choices) {
      const priced = choice.cost + quantity * prices[choice.resource]!;
      if (free[choice.resource]! < quantity || priced >= least) continue;
      best = choice;
      least = priced;
    }
    if (best === undefined) return { cost: unserved_cost, resources: [], amounts: [] };
    return { cost: best.cost, resources: [best.resource], amounts: [quantity] };
  };
  return { classes: classes.length, resources, cheapest };
}

/** Prices stock. O(scenarios × rounds × (classes + one simplex run)). */
export function priceStock(solver: LinearSolver, pricing: StockPricing): PricedStock {
  const { classes, scenarios: count } = pricing;
  const supply = Float64Array.from(pricing.supply);
  const record: DemandRecord = {
    shape: pricing.shape,
    seen: Float64Array.from(pricing.seen),
    forecast: Float64Array.from(pricing.forecast_seen),
  };
  const chance = seededChance(pricing.seed);
  const oracle = stockOracle(classes, supply.length);
  const forecast = Float64Array.from(classes, (one) => one.forecast);
  const groupOf = classes.map((one) => one.group);
  const expectedIn = () => {
    const deviates = record.seen.map(() => sampleNormal(chance));
    return learnedDemand(record, groupOf, forecast, deviates);
  };
  const scenarios = openScenarios(solver, oracle, count, chance);
  const priced = scenarios.refresh(expectedIn, supply, count);
  scenarios.close();
  if (priced.status === 'failed') return priced;
  const caps = regretCaps(oracle, forecast, supply);
  const prices = Array.from(priced.prices, (price, r) => Math.min(price, caps[r]!));
  return { status: 'priced', prices, planned: [...priced.planned] };
}
