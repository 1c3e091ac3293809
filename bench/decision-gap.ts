/**
 * Optimal means optimal: random orders on random small networks, every rule in use (scarce stock and
 * capacity, separation, groups, split limits, certainty of being in time), each against a
 * mixed-integer programme that HiGHS solves. The programme's columns stand on the checker's view of
 * the document, never on the solver's.
 */
import highsLoader from 'highs';
import { compileNetwork, openBoard, source } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { aLargeWorld } from '../test/routing/large-world.ts';
import { bestByProgramme } from '../test/routing/programme.ts';
import { aWorld, type World, type WorldShape } from '../test/routing/small-world.ts';
import { benchSeed } from './command-line.ts';
import type { Results } from './results.ts';

/** Orders that the programme has a plan for: where there is none, nothing can be compared but that. */
const INSTANCES = Number(process.env.GAP_INSTANCES ?? 2000);
const SEED = benchSeed(20261126);
const BUDGET = { work: 20_000_000 };

/** Every so many worlds has an order of 9 to 14 lines. */
const LARGE_EVERY = 5;

function drawWorld(seed: number): World {
  if (seed % LARGE_EVERY === 0) return aLargeWorld(seed);
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

/** Compares decisions with the programme's optimum, world by world. */
export async function benchGap(results: Results): Promise<void> {
  let highs = await loadHighs();
  let [compared, none, cut, worst, bounded, large, unsolved] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; compared < INSTANCES; i++) {
    const world = drawWorld(SEED + i);
    const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
    const board = openBoard(network, world.stock, world.capacity);
    const decided = source(network, board, world.order, BUDGET);
    // What many solves leave behind in its memory is not freed.
    if (i % SOLVER_WORLDS === SOLVER_WORLDS - 1) highs = await loadHighs();
    let optimum: number | undefined;
    try {
      optimum = bestByProgramme(highs, world);
    } catch (error) {
      // What HiGHS cannot solve is counted, not hidden.
      console.error(`world ${SEED + i}: ${error}`);
      unsolved++;
      highs = await loadHighs();
      continue;
    }
    if (optimum === undefined) {
      // Whole lines cannot be sent: a plan, if there is one, cuts a line.
      if (decided.outcome === 'sourced') cut++;
      else none++;
      continue;
    }
    compared++;
    if (world.order.lines.length >= 9) large++;
    if (decided.outcome === 'unsourced') {
      console.error(`world ${SEED + i}: ${decided.reason}, where the programme has a plan`);
      worst = Number.POSITIVE_INFINITY;
      continue;
    }
    if (decided.proof.kind === 'bounded') bounded++;
    worst = Math.max(worst, Math.abs(decided.cost - optimum) / Math.max(1, optimum));
  }
  console.error(
    JSON.stringify({ seeds: [SEED, SEED + compared + none + cut + unsolved - 1], none, cut }),
  );
  results.add('gap to MIP: instances', compared, '', { least: 2000 });
  results.add('gap to MIP: of them of 9 to 14 lines', large, '');
  results.add('gap to MIP: besides, without a plan by both', none, '');
  results.add('gap to MIP: given up by HiGHS', unsolved, '', { most: 0 });
  results.add('gap to MIP: largest', worst, '', { most: 0 });
  results.add('gap to MIP: decisions not proved', bounded, '', { most: 0 });
}
