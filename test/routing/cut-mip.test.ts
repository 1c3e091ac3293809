/** Orders with lines that have to be cut, and pieces that compete for slots: each against HiGHS. */
import highsLoader from 'highs';
import { expect, it } from 'vitest';
import { checkPlan, compileNetwork, openBoard, source } from '../../routing/index.ts';
import { aCutWorld, bestInUnits } from './cut-lines.ts';
import { bestByProgramme } from './programme.ts';
import { runs, seedOf } from './runs.ts';
import type { World } from './small-world.ts';

const BUDGET = { work: 20_000_000 };
const SEED = seedOf(70_000_000);

function decide({ network: document, stock, capacity, order }: World) {
  const network = compileNetwork(document, { from_seconds: order.at_seconds });
  return source(network, openBoard(network, stock, capacity), order, BUDGET);
}

it(
  'is the optimum where lines have to be cut, and a refusal where no cut gives a plan',
  async () => {
    // The package is CommonJS but declares a default export.
    const highs = await (highsLoader as unknown as typeof highsLoader.default)();
    const seen = { cut: 0, refused: 0, whole: 0 };
    for (let i = 0; i < runs(10); i++) {
      const world = aCutWorld(SEED + i);
      const plan = decide(world);
      const whole = bestByProgramme(highs, world);
      const best = whole ?? bestInUnits(highs, world);
      if (whole !== undefined) seen.whole++;
      else if (best !== undefined) seen.cut++;
      else seen.refused++;
      const told = `seed ${SEED + i}`;
      if (best === undefined) {
        expect(plan, told).toMatchObject({ outcome: 'unsourced' });
        continue;
      }
      expect(plan, told).toMatchObject({ cost: best, proof: { kind: 'optimal' } });
      if (plan.outcome === 'unsourced') continue;
      expect(checkPlan({ ...world, plan }), told).toEqual([]);
    }
    console.log(JSON.stringify({ seed: SEED, ...seen }));
    expect(seen.cut).toBeGreaterThan(runs(2));
  },
  120_000 + runs(10_000),
);
