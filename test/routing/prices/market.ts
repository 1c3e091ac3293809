/** Small random markets: orders of one to three goods, each from any warehouse or nobody. */
import highsLoader from 'highs';
import {
  highsChoices,
  highsSolver,
  type LinearSolver,
  type Plan,
  type PlanOracle,
  type PoolSolvers,
} from '../../../routing/index.ts';
import { type Random, seededRandom } from '../../../src/simulation/random.ts';

// The package's types describe its CommonJS form, where the loader is the default's default.
const load = highsLoader as unknown as typeof highsLoader.default;

/** HiGHS behind the port. */
export async function loadSolver(): Promise<LinearSolver> {
  return highsSolver(await load());
}

/** HiGHS behind both ports of deciding again. */
export async function loadPoolSolvers(): Promise<PoolSolvers> {
  const highs = await load();
  return { linear: highsSolver(highs), choices: highsChoices(highs) };
}

/** A market with every plan of every class written out. */
export interface Market {
  readonly oracle: PlanOracle;
  readonly plans: readonly (readonly Plan[])[];
  readonly demand: Float64Array;
  readonly supply: Float64Array;
}

const WAREHOUSES = 3;
const GOODS = 4;
const PARCEL = 8;
const UNSERVED = 40;

function plansOf(goods: readonly number[], unit: readonly number[]): Plan[] {
  const choices = WAREHOUSES + 1;
  return Array.from({ length: choices ** goods.length }, (_, code) => {
    const sources = goods.map((_, a) => Math.floor(code / choices ** a) % choices);
    const parcels = new Set(sources.filter((w) => w < WAREHOUSES)).size;
    const served = sources.flatMap((w, a) => (w < WAREHOUSES ? [w * GOODS + goods[a]!] : []));
    const units = served.reduce((sum, r) => sum + unit[Math.floor(r / GOODS)]!, 0);
    const unserved = (goods.length - served.length) * UNSERVED;
    return {
      cost: parcels * PARCEL + units + unserved,
      resources: served,
      amounts: served.map(() => 1),
    };
  });
}

/** Exact by trying every plan. */
export function oracleOf(plans: readonly (readonly Plan[])[], resources: number): PlanOracle {
  const cheapest = (c: number, prices: Float64Array, free: Float64Array): Plan => {
    const priced = (plan: Plan) =>
      plan.resources.reduce((sum, r, i) => sum + plan.amounts[i]! * prices[r]!, plan.cost);
    const possible = plans[c]!.filter((plan) =>
      plan.resources.every((r, i) => free[r]! >= plan.amounts[i]!),
    );
    return possible.reduce((best, plan) => (priced(plan) < priced(best) ? plan : best));
  };
  return { classes: plans.length, resources, cheapest };
}

/** Draws a market with `classes` kinds of orders. */
export function drawMarket(seed: number, classes = 6): Market {
  const random: Random = seededRandom(seed);
  const goods = Array.from({ length: GOODS }, (_, i) => i);
  const plans = Array.from({ length: classes }, () => {
    const unit = Array.from({ length: WAREHOUSES }, () => random.between(1, 30) / 4);
    return plansOf(random.sample(goods, random.between(1, 3)), unit);
  });
  const resources = WAREHOUSES * GOODS;
  return {
    oracle: oracleOf(plans, resources),
    plans,
    demand: Float64Array.from({ length: classes }, () => random.between(0, 6)),
    supply: Float64Array.from({ length: resources }, () => random.between(0, 5)),
  };
}
