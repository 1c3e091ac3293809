/** The programme by column generation is the programme over all plans. */
import { describe, expect, it } from 'vitest';
import { openProgramme, type Priced, pricedCost } from '../../../routing/index.ts';
import { runs, seedOf } from '../runs.ts';
import { drawMarket, loadSolver, type Market } from './market.ts';

const SEED = seedOf(41);
const solver = await loadSolver();

/** The same programme with every plan as a column from the start. */
function wholeProgramme({ plans, demand, supply }: Market): number {
  const model = solver.open(demand.length + supply.length);
  model.addColumns(
    plans.flatMap((ofClass, c) =>
      ofClass.map((plan) => ({
        cost: plan.cost,
        rows: [c, ...plan.resources.map((r) => demand.length + r)],
        values: [1, ...plan.amounts],
      })),
    ),
  );
  const none = new Float64Array(supply.length).fill(Number.NEGATIVE_INFINITY);
  model.setRows(Float64Array.from([...demand, ...none]), Float64Array.from([...demand, ...supply]));
  const outcome = model.solve();
  model.close();
  if (outcome.status === 'failed') throw new Error(outcome.reason);
  return outcome.cost;
}

type Optimal = Extract<Priced, { status: 'optimal' }>;

function solved(priced: Priced): Optimal {
  if (priced.status === 'failed') throw new Error(priced.reason);
  return priced;
}

describe('the plan-based programme', () => {
  it(`equals the programme over all plans, cold and warm (seed ${SEED})`, () => {
    for (let run = 0; run < runs(12); run++) {
      const market = drawMarket(SEED + run);
      const programme = openProgramme(solver, market.oracle);
      for (const share of [1, 0.5, 2]) {
        const demand = market.demand.map((orders) => Math.round(orders * share));
        const cost = solved(programme.solve({ demand, supply: market.supply })).cost;
        expect(cost).toBeCloseTo(wholeProgramme({ ...market, demand }), 6);
      }
      programme.close();
    }
  });

  it('proves its cost by its prices: dual value equals cost, slack is worth nothing', () => {
    for (let run = 0; run < runs(12); run++) {
      const { oracle, plans, demand, supply } = drawMarket(SEED + 1000 + run);
      const programme = openProgramme(solver, oracle);
      const { cost, prices, planned } = solved(programme.solve({ demand, supply }));
      let dual = 0;
      plans.forEach((ofClass, c) => {
        // All plans whose units exist at all, so the bound is the programme's own.
        const usable = ofClass.filter((plan) => plan.resources.every((r) => supply[r]! >= 1));
        dual += demand[c]! * Math.min(...usable.map((plan) => pricedCost(plan, prices)));
      });
      supply.forEach((units, r) => {
        dual -= units * prices[r]!;
        expect(planned[r]!).toBeLessThanOrEqual(units + 1e-6);
        if (units > 0 && planned[r]! < units - 1e-6) expect(prices[r]!).toBeCloseTo(0, 6);
      });
      expect(dual).toBeCloseTo(cost, 6);
      programme.close();
    }
  });

  it(`may stop near the optimum, and proves how near (seed ${SEED})`, () => {
    const gap = 0.02;
    let sooner = 0;
    for (let run = 0; run < runs(12); run++) {
      const market = drawMarket(SEED + run);
      const exact = openProgramme(solver, market.oracle);
      const near = openProgramme(solver, market.oracle);
      const best = solved(exact.solve(market));
      const { cost, bound, rounds } = solved(near.solve({ ...market, gap }));
      expect(best.bound).toBeCloseTo(best.cost, 6);
      expect(bound).toBeLessThanOrEqual(best.cost + 1e-6);
      expect(cost).toBeGreaterThanOrEqual(best.cost - 1e-6);
      expect(cost - bound).toBeLessThanOrEqual(gap * cost + 1e-6);
      if (rounds < best.rounds) sooner++;
      exact.close();
      near.close();
    }
    expect(sooner).toBeGreaterThan(0);
  });

  it('says that it failed when the solver does', () => {
    const { oracle, demand, supply } = drawMarket(SEED);
    const broken = {
      open: (rows: number) => ({
        ...solver.open(rows),
        solve: () => ({ status: 'failed', reason: 'out of memory' }) as const,
      }),
    };
    const priced = openProgramme(broken, oracle).solve({ demand, supply });
    expect(priced).toEqual({ status: 'failed', reason: 'out of memory' });
  });
});
