/** One row of the table: many instances × sequences of one setting, and what the policies make of it. */
import {
  cvOfLogNormal,
  openDemand,
  openProgramme,
  type PoolSolvers,
  sampleNormal,
  shapeOfError,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import type { PricePolicy } from './kept-prices.ts';
import { drawArrivals, ratesOf } from './ma-arrivals.ts';
import { classesOf, maOracle } from './ma-classes.ts';
import { drawInstance, type MaInstance } from './ma-instance.ts';
import { hindsightBound, type MaGame, playGreedy, playPrices } from './ma-play.ts';
import type { MaSetting } from './ma-settings.ts';
import { playWaiting, type Waits } from './ma-waiting.ts';
import { type Estimate, estimate } from './statistics.ts';

/** What a row plays. */
export interface MaRow {
  readonly setting: MaSetting;
  readonly instances: number;
  readonly sequences: number;
  readonly seed: number;
  /** σ of the logarithm of the forecast's error per order type; 0 = the forecast is right. */
  readonly forecast_sigma: number;
  readonly policy: Omit<PricePolicy, 'seed'>;
  /** How orders wait, to be decided again until they leave; null = each leaves as it comes. */
  readonly waits: Waits | null;
}

/** What came of it. Costs are means per sequence, as ratios to the hindsight bound. */
export interface MaOutcome {
  readonly gap_closed: Estimate;
  readonly greedy_ratio: Estimate;
  readonly priced_ratio: Estimate;
  /** Sequences that cost more than greedy. */
  readonly worse_than_greedy: number;
  readonly sequences: number;
  /** (Σ greedy − Σ priced) / (Σ greedy − Σ hindsight) */
  readonly pooled: number;
  readonly slowest_refresh_ms: number;
}

/** Costs of one sequence. */
export interface Costs {
  readonly greedy: number;
  readonly priced: number;
  readonly hindsight: number;
  readonly slowest_refresh_ms: number;
}

/** Mean-preserving log-normal factors, one per type. */
function forecastErrors(instance: MaInstance, sigma: number, seed: number): number[] {
  const { next } = seededRandom(seed);
  return instance.types.map(() => Math.exp(sigma * sampleNormal(next) - (sigma * sigma) / 2));
}

/** Plays the sequences of one instance. */
export function playInstance(row: MaRow, index: number, solvers: PoolSolvers): Costs[] {
  const seed = row.seed + 1000 * index;
  const instance = drawInstance(row.setting, seed);
  const classes = classesOf(instance);
  const oracle = maOracle(instance, classes);
  const truth = ratesOf(instance, classes);
  const bound = openProgramme(solvers.linear, oracle);
  const costs = Array.from({ length: row.sequences }, (_, s) => {
    const drawn = seed + 10 * (s + 1);
    const arrivals = drawArrivals(truth, instance.periods, drawn);
    const game: MaGame = { oracle, stock: instance.stock, arrivals };
    const errors = forecastErrors(instance, row.forecast_sigma, drawn + 1);
    const shape = shapeOfError(cvOfLogNormal(row.forecast_sigma));
    const belief = {
      oracle,
      classOf: Int32Array.from({ length: oracle.classes }, (_, c) => c),
      rates: ratesOf(instance, classes, (q) => errors[q]!),
      demand: openDemand(instance.types.length, shape),
      groupOf: classes.type,
    };
    const policy = { ...row.policy, seed: drawn + 2 };
    const played = row.waits
      ? playWaiting({ ...game, items: instance.items }, solvers, belief, policy, row.waits)
      : playPrices(game, solvers.linear, belief, policy);
    return {
      greedy: playGreedy(game),
      priced: played.cost,
      hindsight: hindsightBound(game, bound),
      slowest_refresh_ms: played.slowest_refresh_ms,
    };
  });
  bound.close();
  return costs;
}

const total = (costs: readonly Costs[], of: (cost: Costs) => number): number =>
  costs.reduce((sum, cost) => sum + of(cost), 0);

/** Sums up the instances of a row. */
export function outcomeOf(groups: readonly (readonly Costs[])[]): MaOutcome {
  const all = groups.flat();
  const by = (of: (cost: Costs) => number) => estimate(groups.map((costs) => costs.map(of)));
  const greedy = total(all, (c) => c.greedy);
  return {
    gap_closed: by((c) => (c.greedy - c.priced) / (c.greedy - c.hindsight)),
    greedy_ratio: by((c) => c.greedy / c.hindsight),
    priced_ratio: by((c) => c.priced / c.hindsight),
    worse_than_greedy: all.filter((c) => c.priced > c.greedy).length,
    sequences: all.length,
    pooled: (greedy - total(all, (c) => c.priced)) / (greedy - total(all, (c) => c.hindsight)),
    slowest_refresh_ms: Math.max(...all.map((c) => c.slowest_refresh_ms)),
  };
}
