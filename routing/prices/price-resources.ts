/**
 * Prices of resources from classes of orders with a few ways each to be served. Plain data in and
 * out, so that it can run beside the process that decides: nothing here needs the network.
 */
import { regretCaps } from './caps.ts';
import { type DemandRecord, learnedDemand } from './demand.ts';
import { sampleNormal } from './sampling.ts';
import { openScenarios } from './scenarios.ts';
import { namedChance } from './seeded-chance.ts';
import type { LinearSolver, Plan, PlanOracle } from './types.ts';

/** A class of orders. */
export interface PricingClass {
  /** Tells it from all others, also from one task to the next: its futures are drawn by it. */
  readonly name: string;
  /** Ways to serve one of its orders: what it costs and uses. */
  readonly choices: readonly Plan[];
  /** What an order costs that nobody can serve. */
  readonly unserved_cost: number;
  /** Orders forecast until the horizon, before what was learned. */
  readonly forecast: number;
  /** Orders that have a plan and may still be decided otherwise, for certain; 0 unless it is given. */
  readonly waiting?: number;
  /** Group whose demand it shares. */
  readonly group: number;
}

/** What resources are priced from. */
export interface Pricing {
  /** Amount of each resource that is free, and what the orders that wait hold of it. */
  readonly supply: readonly number[];
  readonly classes: readonly PricingClass[];
  /** Evidence per group, as {@link DemandRecord}. */
  readonly shape: number;
  readonly seen: readonly number[];
  readonly forecast_seen: readonly number[];
  readonly scenarios: number;
  /** Tasks of one seed look at the same futures of all classes that they share. */
  readonly seed: number;
}

/** A price per resource, or why there is none. */
export type PricedResources =
  | {
      readonly status: 'priced';
      /** Capped prices per unit, ≥ 0. */
      readonly prices: readonly number[];
      /** Amount that the scenarios plan to use, on average. */
      readonly planned: readonly number[];
      /** Most that a unit can be worth, see {@link regretCaps}. */
      readonly caps: readonly number[];
    }
  | { readonly status: 'failed'; readonly reason: string };

/** Cost of a choice at prices; infinite where supply does not reach. */
function pricedChoice(choice: Plan, prices: Float64Array, free: Float64Array): number {
  let cost = choice.cost;
  for (let i = 0; i < choice.resources.length; i++) {
    const r = choice.resources[i]!;
    const amount = choice.amounts[i]!;
    if (free[r]! < amount) return Number.POSITIVE_INFINITY;
    cost += amount * prices[r]!;
  }
  return cost;
}

/**
 * The oracle over choices: the cheapest there is supply for, or not to serve. Ties go to the first.
 * O(choices of the class).
 */
export function choiceOracle(classes: readonly PricingClass[], resources: number): PlanOracle {
  const cheapest = (c: number, prices: Float64Array, free: Float64Array): Plan => {
    const { choices, unserved_cost } = classes[c]!;
    let best: Plan | undefined;
    let least = unserved_cost;
    for (const choice of choices) {
      const priced = pricedChoice(choice, prices, free);
      if (priced >= least) continue;
      best = choice;
      least = priced;
    }
    return best ?? { cost: unserved_cost, resources: [], amounts: [] };
  };
  return { classes: classes.length, resources, cheapest };
}

/** Prices resources. O(scenarios × rounds × (classes + one simplex run)). */
export function priceResources(solver: LinearSolver, pricing: Pricing): PricedResources {
  const { classes, scenarios: count } = pricing;
  const supply = Float64Array.from(pricing.supply);
  const record: DemandRecord = {
    shape: pricing.shape,
    seen: Float64Array.from(pricing.seen),
    forecast: Float64Array.from(pricing.forecast_seen),
  };
  const streams = classes.map(({ name }) => namedChance(pricing.seed, name));
  const oracle = choiceOracle(classes, supply.length);
  const forecast = Float64Array.from(classes, (one) => one.forecast);
  const groupOf = classes.map((one) => one.group);
  // Per group one for each future, by the name of its first class.
  const deviates = pricing.seen.map((_, group) => {
    const first = classes[groupOf.indexOf(group)]?.name ?? '';
    const chance = namedChance(pricing.seed, `how many of ${first}`);
    return Array.from({ length: count }, () => sampleNormal(chance));
  });
  const expectedIn = (s: number) => {
    const own = Float64Array.from(deviates, (ofGroup) => ofGroup[s]!);
    return learnedDemand(record, groupOf, forecast, own);
  };
  const scenarios = openScenarios(solver, oracle, count, (c) => streams[c]!());
  const waiting = Float64Array.from(classes, (one) => one.waiting ?? 0);
  const priced = scenarios.refresh(expectedIn, supply, count, waiting);
  scenarios.close();
  if (priced.status === 'failed') return priced;
  const wanted = forecast.map((orders, c) => orders + waiting[c]!);
  const caps = regretCaps(oracle, wanted, supply);
  const prices = Array.from(priced.prices, (price, r) => Math.min(price, caps[r]!));
  return { status: 'priced', prices, planned: [...priced.planned], caps: [...caps] };
}
