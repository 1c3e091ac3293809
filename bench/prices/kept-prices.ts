/**
 * Prices as a game goes on: made when it is due from what has been seen until then, and following use
 * between two times if the policy wants it.
 */
import {
  type DemandRecord,
  followPrices,
  type LinearSolver,
  learnedDemand,
  openScenarios,
  type PlanOracle,
  type Renewal,
  recordDemand,
  sampleNormal,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { expectedOrders, type Rates } from './ma-arrivals.ts';

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

/** What orders that wait hold, and how many of each of the belief's classes they are. */
export interface WaitingDemand {
  readonly orders: Float64Array;
  readonly held: Float64Array;
}

/** What is played against. */
export interface PricedGame {
  readonly arrivals: Int32Array;
  readonly belief: Belief;
  readonly policy: PricePolicy;
}

/** Prices that are kept. */
export interface KeptPrices {
  /** Undefined before the first time and where none could be made. */
  readonly current: () => Float64Array | undefined;
  /** Makes them anew if that is due at period `t`, for what is free then. */
  readonly look: (t: number, free: Float64Array, waiting?: () => WaitingDemand) => void;
  /** Makes them anew from every scenario. */
  readonly makeAll: (t: number, free: Float64Array, waiting?: WaitingDemand) => void;
  /** Notes what a period used of each resource. */
  readonly note: (used: Float64Array) => void;
  /** Processor time of the first refresh, and of the slowest after it, ms. */
  readonly times: () => { readonly first_refresh_ms: number; readonly slowest_refresh_ms: number };
  readonly close: () => void;
}

/** Prices as they are kept. */
interface State {
  prices: Float64Array | undefined;
  /** Planned use per period. */
  pace: Float64Array;
  /** Units that the scenarios plan to use until the end. */
  left: number;
  learnt: number;
  /** Scenarios to solve; a fraction is kept for later. */
  due: number;
  first_ms: number;
  slowest_ms: number;
}

/** Opens the prices of a game. */
export function keepPrices(solver: LinearSolver, game: PricedGame): KeptPrices {
  const { arrivals, belief, policy } = game;
  const { next: chance } = seededRandom(policy.seed);
  const { scenarios: count, renewal } = policy;
  const scenarios = openScenarios(solver, belief.oracle, count, chance, renewal);
  const deviates = Array.from({ length: count }, () =>
    belief.demand.seen.map(() => sampleNormal(chance)),
  );
  const pace = new Float64Array(belief.oracle.resources);
  const state: State = {
    ...{ prices: undefined, pace, left: 0, learnt: 0, due: 1, first_ms: 0, slowest_ms: 0 },
  };
  const make = (t: number, solves: number, free: Float64Array, waiting?: WaitingDemand) => {
    learn(belief, arrivals, state.learnt, t);
    state.learnt = t;
    const start = processorMs();
    const forecast = expectedOrders(belief.rates, t, arrivals.length);
    const expectedIn = (s: number) =>
      learnedDemand(belief.demand, belief.groupOf, forecast, deviates[s]);
    const supply = waiting ? free.map((units, r) => units + waiting.held[r]!) : free;
    const priced = scenarios.refresh(expectedIn, supply, solves, waiting?.orders);
    if (priced.status === 'priced') {
      const left = Math.max(1, arrivals.length - t);
      state.prices = priced.prices;
      state.left = priced.planned.reduce((sum, amount) => sum + amount, 0);
      state.pace = priced.planned.map((amount) => amount / left);
    } else state.prices = undefined;
    const took = processorMs() - start;
    if (t === 0) state.first_ms = took;
    else state.slowest_ms = Math.max(state.slowest_ms, took);
  };
  return {
    current: () => state.prices,
    look: (t, free, waiting) => {
      if (state.due < 1) return;
      make(t, Math.floor(state.due), free, waiting?.());
      state.due %= 1;
    },
    makeAll: (t, free, waiting) => make(t, count, free, waiting),
    note: (used) => {
      const units = used.reduce((sum, amount) => sum + amount, 0);
      state.due += solvesAfter(policy, arrivals.length, { units, left: state.left });
      if (state.prices !== undefined) followPrices(state.prices, used, state.pace, policy.eta);
    },
    times: () => ({ first_refresh_ms: state.first_ms, slowest_refresh_ms: state.slowest_ms }),
    close: () => scenarios.close(),
  };
}
