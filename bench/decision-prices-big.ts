/**
 * The big instance of Ma (2023): ten centres, 99 cities, 100 items, 100,000 orders. Prices are made for
 * regions of like cities; each order is decided at its own city's costs. The hindsight programme has
 * 9,900 classes; its bound is the Lagrangian at the regional prices, made better by subgradient steps,
 * which is never above the optimum.
 */
import highsLoader from 'highs';
import {
  highsSolver,
  type LinearSolver,
  openDemand,
  openProgramme,
  shapeOfError,
} from '../routing/index.ts';
import { benchSeed } from './command-line.ts';
import type { Belief } from './prices/kept-prices.ts';
import { countOrders, drawArrivals, ratesOf } from './prices/ma-arrivals.ts';
import { lagrangianBound } from './prices/ma-bound.ts';
import { classesOf, type MaClasses, maOracle } from './prices/ma-classes.ts';
import { drawInstance, hasMaData, type MaInstance } from './prices/ma-instance.ts';
import { type MaGame, playGreedy, playPrices } from './prices/ma-play.ts';
import { mergeCities, regionsOf } from './prices/ma-regions.ts';
import { BIG } from './prices/ma-settings.ts';
import type { Results } from './results.ts';

const SEED = benchSeed(20261126);
const REGIONS = 20;
const POLICY = {
  scenarios: 10,
  renewal: 'aged',
  cycle: { share_left: 0.06, least: 0.0005, most: 0.02 },
  eta: 0,
} as const;
const BOUND_STEPS = 60;

/** An instance as it is played and as it is priced. */
interface BigGame {
  readonly game: MaGame;
  readonly belief: Belief;
}

function mergedClassOf(classes: MaClasses, region: Int32Array): Int32Array {
  return classes.type.map((q, c) => (q - 1) * REGIONS + region[classes.city[c]!]!);
}

function openGame(instance: MaInstance, seed: number): BigGame {
  const region = regionsOf(instance, REGIONS);
  const merged = mergeCities(instance, region, REGIONS);
  const [classes, regional] = [classesOf(instance), classesOf(merged)];
  const arrivals = drawArrivals(ratesOf(instance, classes), instance.periods, seed);
  return {
    game: { oracle: maOracle(instance, classes), stock: instance.stock, arrivals },
    belief: {
      oracle: maOracle(merged, regional),
      classOf: mergedClassOf(classes, region),
      rates: ratesOf(merged, regional),
      demand: openDemand(instance.types.length, shapeOfError(0)),
      groupOf: regional.type,
    },
  };
}

/** A lower bound of what any policy can cost. */
function boundOf({ game, belief }: BigGame, solver: LinearSolver): number {
  const orders = countOrders(game.arrivals, game.oracle.classes);
  const regional = new Float64Array(belief.oracle.classes);
  orders.forEach((count, c) => {
    regional[belief.classOf[c]!]! += count;
  });
  const programme = openProgramme(solver, belief.oracle);
  const priced = programme.solve({ demand: regional, supply: game.stock });
  programme.close();
  if (priced.status === 'failed') throw new Error(`Hindsight bound: ${priced.reason}`);
  return lagrangianBound(game.oracle, orders, game.stock, priced.prices, BOUND_STEPS);
}

/** The figures of the big instance. */
export async function benchPricesBig(results: Results): Promise<void> {
  if (!hasMaData) {
    console.error('skipped: the ma2023 tables are not beside the project (PORTOLAN_SHARED_DATA)');
    return;
  }
  // The package's types describe its CommonJS form, where the loader is the default's default.
  const load = highsLoader as unknown as typeof highsLoader.default;
  const solver = highsSolver(await load());
  for (const carry of [0.5, 0.25]) {
    const big = openGame(drawInstance({ ...BIG, carry }, SEED), SEED + 1);
    const policy = {
      ...POLICY,
      seed: SEED + 2,
    };
    const started = process.cpuUsage();
    const played = playPrices(big.game, solver, big.belief, policy);
    const { user, system } = process.cpuUsage(started);
    const greedy = playGreedy(big.game);
    const bound = boundOf(big, solver);
    const name = `big instance, carried with ${carry}`;
    const closed = (greedy - played.cost) / (greedy - bound);
    results.add(`${name}: gap closed`, 100 * closed, '%', { least: 85 });
    results.add(`${name}: exact greedy / bound`, greedy / bound, '');
    results.add(`${name}: with prices / bound`, played.cost / bound, '');
    results.add(`${name}: first prices, processor time`, played.first_refresh_ms / 1000, 's');
    results.add(`${name}: slowest refresh, processor time`, played.slowest_refresh_ms, 'ms', {
      most: 1000,
    });
    results.add(`${name}: processor time of the whole run`, (user + system) / 1e6, 's');
  }
}
