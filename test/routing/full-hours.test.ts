/** Orders that fill hours and vans: parcels of one order want each other's slots, in many warehouses. */
import { expect, it } from 'vitest';
import { checkPlan, compileNetwork, openBoard, source } from '../../routing/index.ts';
import { aFullWorld } from './full-world.ts';
import { runs, seedOf } from './runs.ts';

const SEED = seedOf(4600);

it('of ten lines from thirty warehouses are proved, or nearly so, within a second', () => {
  const seen = { proved: 0, several: 0 };
  for (let i = 0; i < runs(6); i++) {
    const world = aFullWorld(SEED + i, 30, 10, '18:00');
    const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
    const board = openBoard(network, world.stock, world.capacity);
    const plan = source(network, board, world.order, { work: 5_000_000 });
    expect(plan, `seed ${SEED + i}`).toMatchObject({ outcome: 'sourced' });
    if (plan.outcome === 'unsourced') continue;
    expect(checkPlan({ ...world, plan })).toEqual([]);
    if (plan.parcels.length > 1) seen.several++;
    if (plan.proof.kind === 'optimal') seen.proved++;
    else expect(plan.proof.gap, `seed ${SEED + i}`).toBeLessThan(0.15);
  }
  console.log(JSON.stringify({ seed: SEED, ...seen }));
  expect(seen.several).toBe(runs(6));
  expect(seen.proved).toBeGreaterThan(runs(2));
});
