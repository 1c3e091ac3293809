/** Deciding held orders again: never dearer, never more than there is, and worth it. */
import { describe, expect, it } from 'vitest';
import {
  choosePlan,
  type HeldOrder,
  openProgramme,
  type Plan,
  redecide,
  takePlan,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { drawMarket, loadSolver, oracleOf } from './market.ts';

const SEED = seedOf(59);
const solver = await loadSolver();
const NO_LEAST = { saving_least: 0 };

const cost = (plans: readonly Plan[]) => plans.reduce((sum, plan) => sum + plan.cost, 0);

/** Orders decided greedily in turn; `free` is what they left. */
function decideGreedily(
  seed: number,
): { held: HeldOrder[]; free: Float64Array } & ReturnType<typeof drawMarket> {
  const market = drawMarket(seed);
  const random = seededRandom(seed + 7000);
  const free = Float64Array.from(market.supply);
  const held = Array.from({ length: 20 }, () => {
    const orderClass = random.between(0, market.oracle.classes - 1);
    const plan = choosePlan(market.oracle, orderClass, undefined, free);
    takePlan(free, plan);
    return { orderClass, plan };
  });
  return { ...market, held, free };
}

describe('deciding again', () => {
  it(`saves, within what there is and no lower than the programme (seed ${SEED})`, () => {
    let saved = 0;
    for (let run = 0; run < runs(15); run++) {
      const { oracle, supply, held, free } = decideGreedily(SEED + run);
      const programme = openProgramme(solver, oracle);
      const kept = Float64Array.from(free);
      const again = redecide(programme, oracle, held, free, NO_LEAST);
      expect(free).toEqual(kept);
      const used = new Float64Array(supply.length);
      for (const plan of again.plans) {
        plan.resources.forEach((r, i) => {
          used[r]! += plan.amounts[i]!;
        });
      }
      supply.forEach((units, r) => {
        expect(used[r]!).toBeLessThanOrEqual(units);
      });
      const before = cost(held.map(({ plan }) => plan));
      expect(cost(again.plans)).toBeCloseTo(before - again.saving, 9);
      expect(again.saving).toBeGreaterThanOrEqual(0);
      const demand = new Float64Array(oracle.classes);
      for (const { orderClass } of held) demand[orderClass]! += 1;
      const bound = programme.solve({ demand, supply });
      expect(bound.status === 'optimal' && bound.cost <= cost(again.plans) + 1e-6).toBe(true);
      saved += again.saving;
      programme.close();
    }
    expect(saved).toBeGreaterThan(0);
  });

  it('lets an order that has a choice leave its unit to one that would be split', () => {
    const either: Plan[] = [
      { cost: 10, resources: [0], amounts: [1] },
      { cost: 11, resources: [1], amounts: [1] },
    ];
    const whole: Plan[] = [
      { cost: 15, resources: [0, 2], amounts: [1, 1] },
      { cost: 40, resources: [2], amounts: [1] },
    ];
    const oracle = oracleOf(
      [
        [...either, { cost: 99, resources: [], amounts: [] }],
        [...whole, { cost: 99, resources: [], amounts: [] }],
      ],
      3,
    );
    const held = [
      { orderClass: 0, plan: either[0]! },
      { orderClass: 1, plan: whole[1]! },
    ];
    const free = Float64Array.from([0, 1, 0]);
    const programme = openProgramme(solver, oracle);

    const again = redecide(programme, oracle, held, free, NO_LEAST);

    expect(again).toEqual({ plans: [either[1], whole[0]], saving: 24, moved: 2 });
    expect(redecide(programme, oracle, held, free, { saving_least: 13 }).moved).toBe(0);
  });

  it('leaves all as it is when the programme cannot be solved', () => {
    const { oracle, held, free } = decideGreedily(SEED);
    const broken = {
      open: (rows: number) => ({
        ...solver.open(rows),
        solve: () => ({ status: 'failed', reason: 'no' }) as const,
      }),
    };
    const again = redecide(openProgramme(broken, oracle), oracle, held, free, NO_LEAST);
    expect(again).toEqual({ plans: held.map(({ plan }) => plan), saving: 0, moved: 0 });
  });
});
