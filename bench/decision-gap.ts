/**
 * Optimal means optimal: random orders on random small networks, every rule in use (scarce stock and
 * capacity, separation, groups, split limits, certainty of being in time), each against a
 * mixed-integer programme that HiGHS solves. The programme's columns stand on the checker's view of
 * the document, never on the solver's.
 */
import highsLoader from 'highs';
import { compileNetwork, openBoard, source } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { bestByProgramme } from '../test/routing/programme.ts';
import { aWorld, type World, type WorldShape } from '../test/routing/small-world.ts';
import type { Results } from './results.ts';

const INSTANCES = Number(process.env.GAP_INSTANCES ?? 2400);
const SEED = 20261126;
const BUDGET = { work: 20_000_000 };

function drawWorld(seed: number): World {
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

/** Compares decisions with the programme's optimum, world by world. */
export async function benchGap(results: Results): Promise<void> {
  // The package is CommonJS but declares a default export.
  const highs = await (highsLoader as unknown as typeof highsLoader.default)();
  let [compared, none, cut, worst, bounded] = [0, 0, 0, 0, 0];
  for (let i = 0; compared + none < INSTANCES; i++) {
    const world = drawWorld(SEED + i);
    const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
    const board = openBoard(network, world.stock, world.capacity);
    const decided = source(network, board, world.order, BUDGET);
    const optimum = bestByProgramme(highs, world);
    if (optimum === undefined) {
      // Whole lines cannot be sent: a plan, if there is one, cuts a line.
      if (decided.outcome === 'sourced') cut++;
      else none++;
      continue;
    }
    compared++;
    if (decided.outcome === 'unsourced') {
      worst = Number.POSITIVE_INFINITY;
      continue;
    }
    if (decided.proof.kind === 'bounded') bounded++;
    worst = Math.max(worst, Math.abs(decided.cost - optimum) / Math.max(1, optimum));
  }
  console.error(JSON.stringify({ seeds: [SEED, SEED + compared + none + cut - 1], none, cut }));
  results.add('gap to MIP: instances', compared + none, '', { least: 2000 });
  results.add('gap to MIP: of them with a plan', compared, '');
  results.add('gap to MIP: largest', worst, '', { most: 0 });
  results.add('gap to MIP: decisions not proved', bounded, '', { most: 0 });
}
