/** Orders of 9 to 14 lines with parcels that compete for slots: each against HiGHS, none refused. */
import highsLoader from 'highs';
import { expect, it } from 'vitest';
import { checkPlan, compileNetwork, openBoard, source } from '../../routing/index.ts';
import { aLargeWorld } from './large-world.ts';
import { bestByProgramme } from './programme.ts';
import { runs, seedOf } from './runs.ts';
import type { World } from './small-world.ts';

const BUDGET = { work: 20_000_000 };
const SEED = seedOf(90_000_000);

function decide({ network: document, stock, capacity, order }: World) {
  const network = compileNetwork(document, { from_seconds: order.at_seconds });
  return source(network, openBoard(network, stock, capacity), order, BUDGET);
}

async function compare(seeds: readonly number[]): Promise<number> {
  // The package is CommonJS but declares a default export.
  const highs = await (highsLoader as unknown as typeof highsLoader.default)();
  let compared = 0;
  for (const seed of seeds) {
    const world = aLargeWorld(seed);
    const best = bestByProgramme(highs, world);
    const plan = decide(world);
    // Without a plan of whole lines one that cuts a line may still be found.
    if (best === undefined) continue;
    compared++;
    expect(plan, `seed ${seed}`).toMatchObject({ outcome: 'sourced', cost: best });
    if (plan.outcome === 'unsourced') continue;
    expect(plan.proof, `seed ${seed}`).toEqual({ kind: 'optimal' });
    expect(checkPlan({ ...world, plan }), `seed ${seed}`).toEqual([]);
  }
  return compared;
}

it('is the optimum where a first cheap plan does not go together, and is not refused', async () => {
  // The last two only where slots that go together are in time together, and by the latest of them.
  const seeds = [20263380, 91000719, 91001100, 91000378, 91000077];
  expect(await compare(seeds)).toBe(seeds.length);
}, 240_000);

it(
  'is the optimum of orders of 9 to 14 lines, and says so',
  async () => {
    const seeds = Array.from({ length: runs(6) }, (_, i) => SEED + i);
    const compared = await compare(seeds);
    console.log(JSON.stringify({ seed: SEED, seeds: seeds.length, compared }));
    expect(compared).toBeGreaterThan(0);
  },
  240_000 + runs(10_000),
);
