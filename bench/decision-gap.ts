/**
 * Optimal means optimal: random orders on random small networks, every rule in use (scarce stock and
 * capacity, separation, groups, split limits, certainty of being in time, lines that have to be cut), each
 * against a mixed-integer programme that HiGHS solves. The programme's columns stand on the checker's
 * view of the document, never on the solver's.
 */

import type { Highs } from 'highs';
import highsLoader from 'highs';
import { compileNetwork, openBoard, type SourcingResult, source } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { aCutWorld, bestInUnits, isComparable } from '../test/routing/cut-lines.ts';
import { aFullWorld } from '../test/routing/full-world.ts';
import { aLargeWorld } from '../test/routing/large-world.ts';
import { bestByProgramme } from '../test/routing/programme.ts';
import { aWorld, type World, type WorldShape } from '../test/routing/small-world.ts';
import { benchSeed } from './command-line.ts';
import type { Results } from './results.ts';

/** Orders that the programme has a plan for: where there is none, nothing can be compared but that. */
const INSTANCES = Number(process.env.GAP_INSTANCES ?? 2000);
const SEED = benchSeed(20261126);
const BUDGET = { work: 20_000_000 };

/** Every so many worlds has an order of 9 to 14 lines, and as many have lines that have to be cut. */
const LARGE_EVERY = 5;
/** Every so many worlds has an order that fills hours and vans: a programme of them takes seconds. */
const FULL_EVERY = 40;

function drawWorld(seed: number): World {
  if (seed % LARGE_EVERY === 0) return aLargeWorld(seed);
  if (seed % LARGE_EVERY === 1) return aCutWorld(seed);
  if (seed % FULL_EVERY === 2) return aFullWorld(seed, 2, 3, '10:00');
  const random = seededRandom(seed);
  const shape: WorldShape = {
    warehouses: random.between(2, 4),
    services: random.between(1, 3),
    skus: random.between(2, 6),
    lines: random.between(1, 5),
    scarce: random.chance(0.5),
  };
  return aWorld(seed, shape);
}

/** Worlds that one instance of HiGHS solves before it is thrown away. */
const SOLVER_WORLDS = 100;

/** The package is CommonJS but declares a default export. */
function loadHighs() {
  return (highsLoader as unknown as typeof highsLoader.default)();
}

/** What was found over all worlds. */
interface Tally {
  compared: number;
  large: number;
  cut: number;
  none: number;
  skipped: number;
  unsolved: number;
  worst: number;
  bounded: number;
}

interface Best {
  /** Undefined if there is no plan. */
  readonly optimum: number | undefined;
  readonly isCut: boolean;
}

/**
 * Least cost by the programme, of whole lines if there is a way, else with lines cut; undefined if that would
 * be too many units.
 */
function bestOf(highs: Highs, world: World): Best | undefined {
  const whole = bestByProgramme(highs, world);
  if (whole !== undefined) return { optimum: whole, isCut: false };
  if (!isComparable(world)) return undefined;
  return { optimum: bestInUnits(highs, world), isCut: true };
}

/** Compares a decision with the programme's optimum; returns what is wrong. */
function compare(
  tally: Tally,
  decided: SourcingResult,
  { optimum, isCut }: Best,
): string | undefined {
  if (optimum === undefined) {
    tally.none++;
    if (decided.outcome === 'unsourced') return undefined;
    tally.worst = Number.POSITIVE_INFINITY;
    return 'a plan, where the programme has none';
  }
  tally.compared++;
  if (isCut) tally.cut++;
  if (decided.outcome === 'unsourced') {
    tally.worst = Number.POSITIVE_INFINITY;
    return `${decided.reason}, where the programme has a plan`;
  }
  if (decided.proof.kind === 'bounded') tally.bounded++;
  const gap = Math.abs(decided.cost - optimum) / Math.max(1, optimum);
  tally.worst = Math.max(tally.worst, gap);
  return gap > 0 ? `${decided.cost}, where the programme has ${optimum}` : undefined;
}

/** Compares decisions with the programme's optimum, world by world. */
export async function benchGap(results: Results): Promise<void> {
  let highs = await loadHighs();
  const zero = { compared: 0, large: 0, cut: 0, none: 0, skipped: 0, unsolved: 0 };
  const tally: Tally = { ...zero, worst: 0, bounded: 0 };
  let i = 0;
  for (; tally.compared < INSTANCES; i++) {
    const world = drawWorld(SEED + i);
    const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
    const board = openBoard(network, world.stock, world.capacity);
    const decided = source(network, board, world.order, BUDGET);
    // What many solves leave behind in its memory is not freed.
    if (i % SOLVER_WORLDS === SOLVER_WORLDS - 1) highs = await loadHighs();
    try {
      const best = bestOf(highs, world);
      if (best === undefined) {
        tally.skipped++;
        continue;
      }
      const wrong = compare(tally, decided, best);
      if (best.optimum !== undefined && world.order.lines.length >= 9) tally.large++;
      if (wrong !== undefined) console.error(`world ${SEED + i}: ${wrong}`);
    } catch (error) {
      // What HiGHS cannot solve is counted, not hidden.
      console.error(`world ${SEED + i}: ${error}`);
      tally.unsolved++;
      highs = await loadHighs();
    }
  }
  console.error(JSON.stringify({ seeds: [SEED, SEED + i - 1], ...tally }));
  results.add('gap to MIP: instances', tally.compared, '', { least: 2000 });
  results.add('gap to MIP: of them of 9 to 14 lines', tally.large, '');
  results.add('gap to MIP: of them with lines that have to be cut', tally.cut, '');
  results.add('gap to MIP: besides, without a plan by both', tally.none, '');
  results.add('gap to MIP: too many units to compare their cuts', tally.skipped, '');
  results.add('gap to MIP: given up by HiGHS', tally.unsolved, '', { most: 0 });
  results.add('gap to MIP: largest', tally.worst, '', { most: 0 });
  results.add('gap to MIP: decisions not proved', tally.bounded, '', { most: 0 });
}
