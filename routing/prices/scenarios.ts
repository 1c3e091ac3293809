/**
 * Prices as an average over sampled futures. Each scenario holds one whole future (orders still to
 * come per class); its programme, solved on today's supply, tells what a unit of each resource
 * would have been worth had one known that future. The mean over scenarios estimates the expected
 * loss of using the unit now. Unlike the duals of the expected demand it does not jump between the
 * corners of a degenerate programme, and it prices the last units by the chance of needing them.
 *
 * Numbers of orders are drawn as a Latin hypercube: over the scenarios, each class has as many as it
 * should. Against independent draws that halves the variance of prices, or more.
 *
 * Time passes by thinning: what is still to come of a future is a binomial part of what was to
 * come, so a refreshed scenario is again an exact Poisson sample, and its programme moves by a few
 * orders only, which the kept basis follows in few iterations. But what such a set of futures has too
 * many of, it has until the end. Where programmes are small they can be drawn anew each time: prices
 * are then means over independent futures, those of a little earlier among them.
 *
 * Orders that wait and may still be decided otherwise belong to every future: they are certain demand, and
 * what they hold is supply. A price that leaves them out is that of one more unit taken beside them; asked
 * what a unit given back is worth, it says too much, and deciding them again by it loses (see
 * docs/decisions.md).
 *
 * Sources: randomised linear programmes (Talluri and van Ryzin, Transportation Science 1999);
 * hindsight re-solving (Vera and Banerjee, Management Science 2021).
 */
import { openProgramme, type PlanProgramme } from './plan-programme.ts';
import { poissonQuantile, sampleBinomial, samplePoisson, stratifiedUniforms } from './sampling.ts';
import type { LinearSolver, PlanOracle } from './types.ts';

/**
 * How near the optimum of a scenario is near enough, as a share of its cost: what is left out moves a
 * price less than another sample would, and the last rounds of column generation are half of the work.
 */
const NEAR_GAP = 1e-5;

/** Prices that a set of scenarios agrees on, or why there are none. */
export type ScenarioPrices =
  | {
      readonly status: 'priced';
      /** Mean price of a unit of each resource. */
      readonly prices: Float64Array;
      /** Mean amount of each resource that the scenarios plan to use of what is left. */
      readonly planned: Float64Array;
      /** Scenarios that could not be re-solved this time and speak with their last prices. */
      readonly failed: number;
    }
  | { readonly status: 'failed'; readonly reason: string };

/** Sampled futures with their programmes. */
export interface Scenarios {
  /**
   * Re-solves `count` scenarios in turn (all of them the first time) for the expected number of
   * orders still to come per class, as scenario `s` believes it, and the supply that is left;
   * returns the mean over all scenarios. `waiting`: orders per class that may still be decided
   * otherwise, whose units `supply` counts as free; none unless it is given.
   */
  readonly refresh: (
    expectedIn: (s: number) => Float64Array,
    supply: Float64Array,
    count: number,
    waiting?: Float64Array,
  ) => ScenarioPrices;
  readonly close: () => void;
}

interface Scenario {
  readonly programme: PlanProgramme;
  /** Expected orders per class when the sample was last moved, and the sample. */
  mean: Float64Array;
  orders: Float64Array;
  /** As last solved; undefined before the first success. */
  prices: Float64Array | undefined;
  planned: Float64Array | undefined;
}

/** Draws a sample: `at(c)` is the share of its distribution that class c's number is drawn at. */
function drawSample(
  scenario: Scenario,
  expected: Float64Array,
  at: (orderClass: number) => number,
): void {
  scenario.orders = expected.map((mean, c) => poissonQuantile(mean, at(c)));
  scenario.mean = Float64Array.from(expected);
}

/** Moves a sample with mean `from` to one with mean `to`: thinned, or topped up. */
function moveSample(scenario: Scenario, expected: Float64Array, chance: ClassChance): void {
  const { mean, orders } = scenario;
  for (let c = 0; c < expected.length; c++) {
    const before = mean[c]!;
    const now = expected[c]!;
    const own = () => chance(c);
    if (now > before) orders[c]! += samplePoisson(own, now - before);
    else if (now < before) orders[c] = sampleBinomial(own, orders[c]!, now / before);
  }
  scenario.mean = Float64Array.from(expected);
}

function meanOf(rows: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let i = 0; i < mean.length; i++) mean[i]! += row[i]! / rows.length;
  return mean;
}

/**
 * The next number, uniform in [0, 1), of a class's stream of chance. One stream for all classes will do;
 * where each has its own, others that come or go leave its orders as they are in every future.
 */
export type ClassChance = (orderClass: number) => number;

/** What becomes of a sample when it is solved again: it ages by thinning, or another takes its place. */
export type Renewal = 'aged' | 'redrawn';

/** Gives scenarios, asked in turn, their first samples and those that follow. */
function openSampler(
  scenarios: readonly Scenario[],
  chance: ClassChance,
  renewal: Renewal,
): (s: number, expected: Float64Array) => void {
  const count = scenarios.length;
  let strata: Float64Array[] = [];
  let drawn = 0;
  return (s, expected) => {
    if (drawn >= count && renewal === 'aged') return moveSample(scenarios[s]!, expected, chance);
    if (s === 0) {
      strata = Array.from(expected, (_, c) => stratifiedUniforms(() => chance(c), count));
    }
    drawSample(scenarios[s]!, expected, (c) => strata[c]![s]!);
    drawn++;
  };
}

/** What the scenarios that were solved at some time say together. */
function agreed(scenarios: readonly Scenario[], failed: number): ScenarioPrices {
  const heard = scenarios.filter(({ prices }) => prices !== undefined);
  if (heard.length === 0) return { status: 'failed', reason: 'no scenario could be solved' };
  const prices = meanOf(heard.map((scenario) => scenario.prices!));
  return { status: 'priced', prices, planned: meanOf(heard.map((s) => s.planned!)), failed };
}

/**
 * Opens `count` sampled futures (sample average approximation of the expected dual; Talluri and van Ryzin
 * 1999). Memory O(count) programmes. A refresh costs one solve of each that is its turn.
 */
export function openScenarios(
  solver: LinearSolver,
  oracle: PlanOracle,
  count: number,
  chance: ClassChance,
  renewal: Renewal = 'aged',
): Scenarios {
  const scenarios: Scenario[] = Array.from({ length: count }, () => ({
    programme: openProgramme(solver, oracle),
    mean: new Float64Array(oracle.classes),
    orders: new Float64Array(oracle.classes),
    prices: undefined,
    planned: undefined,
  }));
  const sampleAgain = openSampler(scenarios, chance, renewal);
  let turn = 0;
  return {
    refresh: (expectedIn, supply, wanted, waiting) => {
      const isFirst = scenarios.some(({ prices }) => prices === undefined);
      const solves = isFirst ? count : Math.min(wanted, count);
      let failed = 0;
      for (let i = 0; i < solves; i++) {
        const s = turn++ % count;
        const scenario = scenarios[s]!;
        sampleAgain(s, expectedIn(s));
        if (scenario.prices === undefined && s > 0) {
          scenario.programme.learn(scenarios[0]!.programme.plans());
        }
        const { orders } = scenario;
        const demand = waiting ? orders.map((some, c) => some + waiting[c]!) : orders;
        const priced = scenario.programme.solve({ demand, supply, gap: NEAR_GAP });
        if (priced.status === 'optimal') {
          scenario.prices = priced.prices;
          scenario.planned = priced.planned;
        } else failed++;
      }
      return agreed(scenarios, failed);
    },
    close: () => {
      for (const { programme } of scenarios) programme.close();
    },
  };
}
