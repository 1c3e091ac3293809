/**
 * Plays a sequence of arrivals: exact greedy on live stock, prices, and the hindsight bound. All
 * three see the same arrivals, stock and costs.
 */
import {
  choosePlan,
  type DemandRecord,
  followPrices,
  type LinearSolver,
  learnedDemand,
  openScenarios,
  type PlanOracle,
  type PlanProgramme,
  type Renewal,
  recordDemand,
  type Scenarios,
  sampleNormal,
  takePlan,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { countOrders, expectedOrders, type Rates } from './ma-arrivals.ts';

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

/** How prices are kept while playing. */
export interface PricePolicy {
  readonly scenarios: number;
  readonly renewal: Renewal;
  readonly cycle: Cycle;
  /** Money per unit by which prices follow use between refreshes. */
  readonly eta: number;
  readonly seed: number;
}

/**
 * Each scenario is solved again when this share of the units that were still to be used has been used
 * since it was last, but neither sooner nor later than after these shares of the whole horizon: late in
 * the game, or late in a season of large orders, a few orders change much, and a programme that has to
 * move far takes long.
 */
export interface Cycle {
  readonly share_left: number;
  readonly least: number;
  readonly most: number;
}

/** Scenarios to solve after a period in which `units` of those `left` were used. */
function solvesAfter(
  { cycle, scenarios }: PricePolicy,
  periods: number,
  { units, left }: { readonly units: number; readonly left: number },
): number {
  const wanted = units / (cycle.share_left * Math.max(1, left));
  const least = 1 / (cycle.most * periods);
  return scenarios * Math.max(least, Math.min(wanted, 1 / (cycle.least * periods)));
}

/** What the policy believes beforehand, in classes of its own. */
export interface Belief {
  readonly oracle: PlanOracle;
  /** The belief's class of each class of the game. */
  readonly classOf: Int32Array;
  readonly rates: Rates;
  /** Evidence per group of classes; its shape says how sure the forecast is. */
  readonly demand: DemandRecord;
  readonly groupOf: ArrayLike<number>;
}

/** Processor time of this thread so far, ms: the machine may be shared. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Cost of a game played with prices, and processor time of its refreshes. */
export interface Played {
  readonly cost: number;
  readonly first_refresh_ms: number;
  readonly slowest_refresh_ms: number;
}

/** Learns what a stretch of periods brought against its forecast. */
function learn(belief: Belief, arrivals: Int32Array, from: number, until: number): void {
  const { demand, groupOf, classOf } = belief;
  if (until <= from || demand.shape === Number.POSITIVE_INFINITY) return;
  const forecast = expectedOrders(belief.rates, from, until);
  forecast.forEach((orders, c) => {
    recordDemand(demand, groupOf[c]!, 0, orders);
  });
  for (const c of arrivals.subarray(from, until))
    if (c >= 0) recordDemand(demand, groupOf[classOf[c]!]!, 1, 0);
}

/** Prices as a game goes on. */
interface PriceState {
  readonly scenarios: Scenarios;
  /** Per scenario: how far off it believes each group's forecast to be. */
  readonly deviates: readonly Float64Array[];
  readonly free: Float64Array;
  prices: Float64Array | undefined;
  /** Planned use per period. */
  pace: Float64Array;
  /** Units that the scenarios plan to use until the end. */
  left: number;
  learnt: number;
  first_ms: number;
  slowest_ms: number;
}

function refresh(
  state: PriceState,
  belief: Belief,
  solves: number,
  arrivals: Int32Array,
  t: number,
): void {
  learn(belief, arrivals, state.learnt, t);
  state.learnt = t;
  const start = processorMs();
  const forecast = expectedOrders(belief.rates, t, arrivals.length);
  const expectedIn = (s: number) =>
    learnedDemand(belief.demand, belief.groupOf, forecast, state.deviates[s]);
  const priced = state.scenarios.refresh(expectedIn, state.free, solves);
  if (priced.status === 'priced') {
    state.prices = priced.prices;
    state.left = priced.planned.reduce((sum, amount) => sum + amount, 0);
    state.pace = priced.planned.map((amount) => amount / (arrivals.length - t));
  } else state.prices = undefined;
  const took = processorMs() - start;
  if (t === 0) state.first_ms = took;
  else state.slowest_ms = Math.max(state.slowest_ms, took);
}

/** Plays with prices: refreshed from what has been seen until then (see `Cycle`). */
export function playPrices(
  { oracle, stock, arrivals }: MaGame,
  solver: LinearSolver,
  belief: Belief,
  policy: PricePolicy,
): Played {
  const { next: chance } = seededRandom(policy.seed);
  const state: PriceState = {
    scenarios: openScenarios(solver, belief.oracle, policy.scenarios, chance, policy.renewal),
    deviates: Array.from({ length: policy.scenarios }, () =>
      belief.demand.seen.map(() => sampleNormal(chance)),
    ),
    free: Float64Array.from(stock),
    prices: undefined,
    pace: new Float64Array(oracle.resources),
    left: 0,
    learnt: 0,
    first_ms: 0,
    slowest_ms: 0,
  };
  const used = new Float64Array(oracle.resources);
  let cost = 0;
  let due = 1;
  arrivals.forEach((orderClass, t) => {
    if (due >= 1) {
      refresh(state, belief, Math.floor(due), arrivals, t);
      due %= 1;
    }
    used.fill(0);
    if (orderClass >= 0) {
      const plan = choosePlan(oracle, orderClass, state.prices, state.free);
      takePlan(state.free, plan);
      plan.resources.forEach((r, i) => {
        used[r] = plan.amounts[i]!;
      });
      cost += plan.cost;
    }
    const units = used.reduce((sum, amount) => sum + amount, 0);
    due += solvesAfter(policy, arrivals.length, { units, left: state.left });
    if (state.prices !== undefined) followPrices(state.prices, used, state.pace, policy.eta);
  });
  state.scenarios.close();
  return { cost, first_refresh_ms: state.first_ms, slowest_refresh_ms: state.slowest_ms };
}
