/** Scenario prices: exact samples, the same for the same seed, and worth following. */
import { describe, expect, it } from 'vitest';
import {
  choosePlan,
  type LinearSolver,
  openScenarios,
  type Plan,
  poissonQuantile,
  sampleBinomial,
  sampleNormal,
  samplePoisson,
  stratifiedUniforms,
  takePlan,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { drawMarket, loadSolver, oracleOf } from './market.ts';

const SEED = seedOf(43);
const solver = await loadSolver();

const meanAndVariance = (draw: () => number, count: number): [number, number] => {
  const drawn = Array.from({ length: count }, draw);
  const mean = drawn.reduce((sum, x) => sum + x, 0) / count;
  return [mean, drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count];
};

describe('samples', () => {
  it.each([
    ['Poisson 0.3', 0.3, 0.3, samplePoisson, [0.3]],
    ['Poisson 75', 75, 75, samplePoisson, [75]],
    ['binomial 20 × 0.3', 6, 4.2, sampleBinomial, [20, 0.3]],
    ['normal', 0, 1, sampleNormal, []],
  ] as const)('have the mean and variance they should: %s', (_name, mean, variance, draw, rest) => {
    const { next } = seededRandom(SEED);
    const sample = draw as (chance: () => number, ...rest: readonly number[]) => number;
    const [m, v] = meanAndVariance(() => sample(next, ...rest), 20_000);
    expect(Math.abs(m - mean)).toBeLessThan(4 * Math.sqrt(variance / 20_000));
    expect(Math.abs(v / variance - 1)).toBeLessThan(0.06);
  });
});

describe('strata', () => {
  it.each([0.2, 4, 75, 3000])('give a Poisson number its distribution, mean %d', (mean) => {
    const count = 4000;
    const drawn = Array.from({ length: count }, (_, i) => poissonQuantile(mean, (i + 0.5) / count));
    const m = drawn.reduce((sum, x) => sum + x, 0) / count;
    const variance = drawn.reduce((sum, x) => sum + (x - m) ** 2, 0) / count;
    // Whole numbers at the midpoints of strata: all that is missing are the tails beyond the last ones.
    expect(Math.abs(m - mean)).toBeLessThan(0.003 * Math.sqrt(mean));
    expect(Math.abs(variance / mean - 1)).toBeLessThan(0.01);
    const least = (k: number) => drawn.filter((x) => x <= k).length / count;
    if (mean < 1) expect(least(0)).toBeCloseTo(Math.exp(-mean), 3);
    expect(poissonQuantile(0, 0.9)).toBe(0);
    expect(poissonQuantile(mean, 1)).toBeLessThan(mean + 40 * (1 + Math.sqrt(mean)));
  });

  it(`hold one number each, in random order (seed ${SEED})`, () => {
    const { next } = seededRandom(SEED);
    const drawn = stratifiedUniforms(next, 50);
    expect(drawn.map((x) => Math.floor(x * 50)).toSorted()).toEqual(
      Float64Array.from({ length: 50 }, (_, i) => i),
    );
    expect(drawn).not.toEqual(drawn.toSorted());
  });
});

/** Two warehouses; flexible buyers come first and would take what captive ones need later. */
const flexible: Plan[] = [
  { cost: 10, resources: [0], amounts: [1] },
  { cost: 12, resources: [1], amounts: [1] },
  { cost: 50, resources: [], amounts: [] },
];
const captive: Plan[] = [
  { cost: 10, resources: [0], amounts: [1] },
  { cost: 50, resources: [], amounts: [] },
];

describe('scenario prices', () => {
  it('are the same for the same seed and another for another', () => {
    const { oracle, demand, supply } = drawMarket(SEED);
    const pricesAt = (seed: number) => {
      const scenarios = openScenarios(solver, oracle, 3, seededRandom(seed).next);
      const rounds = [1, 0.8, 0.5].map((left) => {
        const expected = demand.map((orders) => orders * left);
        return scenarios.refresh(() => expected, supply, 2);
      });
      scenarios.close();
      return rounds;
    };
    expect(pricesAt(1)).toEqual(pricesAt(1));
    expect(pricesAt(1)).not.toEqual(pricesAt(2));
  });

  it.each(['aged', 'redrawn'] as const)(
    `know how many orders come, in every class and however late, with samples %s (seed ${SEED})`,
    (renewal) => {
      const { oracle, demand, supply } = drawMarket(SEED);
      const count = 40;
      let orders = new Float64Array(demand.length);
      const counting: LinearSolver = {
        open: (rows) => {
          const model = solver.open(rows);
          const setRows = (lower: Float64Array, upper: Float64Array) => {
            orders = orders.map((sum, c) => sum + lower[c]!);
            model.setRows(lower, upper);
          };
          return { ...model, setRows };
        },
      };
      const { next } = seededRandom(SEED);
      const scenarios = openScenarios(counting, oracle, count, next, renewal);
      for (const left of [1, 0.4]) {
        const expected = demand.map((mean) => mean * left);
        orders.fill(0);
        scenarios.refresh(() => expected, supply, count);
        orders.forEach((sum, c) => {
          const off = Math.abs(sum / count - expected[c]!);
          // Independent numbers would be off by √(mean / count) as a rule; aged ones are again.
          const isFresh = left === 1 || renewal === 'redrawn';
          const usual = Math.sqrt(expected[c]! / count);
          expect(off).toBeLessThan(isFresh ? 0.5 * usual + 1 / count : 4 * usual + 1 / count);
        });
      }
      scenarios.close();
    },
  );

  it('keep what captive buyers will need from flexible ones that come first', () => {
    const oracle = oracleOf([flexible, captive], 2);
    const free = Float64Array.from([20, 40]);
    const expected = Float64Array.from([20, 20]);
    const scenarios = openScenarios(solver, oracle, 10, seededRandom(SEED).next);
    const priced = scenarios.refresh(() => expected, free, 10);
    scenarios.close();
    if (priced.status === 'failed') throw new Error(priced.reason);
    const total = (prices: Float64Array | undefined) => {
      const left = Float64Array.from(free);
      return [...Array(20).fill(0), ...Array(20).fill(1)].reduce((sum, c) => {
        const plan = choosePlan(oracle, c, prices, left);
        takePlan(left, plan);
        return sum + plan.cost;
      }, 0);
    };
    expect(total(undefined)).toBe(20 * 10 + 20 * 50);
    expect(total(priced.prices)).toBe(20 * 12 + 20 * 10);
  });

  it('count orders that wait as certain, and what they hold as free', () => {
    const oracle = oracleOf([flexible, captive], 2);
    const none = Float64Array.from([0, 0]);
    const pricesOf = (free: number, waiting: Float64Array | undefined) => {
      const scenarios = openScenarios(solver, oracle, 2, seededRandom(SEED).next);
      const supply = Float64Array.from([free, 40]);
      const priced = scenarios.refresh(() => none, supply, 2, waiting);
      scenarios.close();
      if (priced.status === 'failed') throw new Error(priced.reason);
      return priced;
    };
    // Nobody comes any more, so what is free beside those that wait is worth nothing. But of the three
    // who wait one has to go elsewhere, and the unit is worth what that costs.
    expect([...pricesOf(0, undefined).prices]).toEqual([0, 0]);
    const { prices, planned } = pricesOf(2, Float64Array.from([1, 2]));
    expect(prices[0]).toBeGreaterThanOrEqual(2);
    expect(prices[0]).toBeLessThanOrEqual(40);
    expect([...planned]).toEqual([2, 1]);
    expect(
      choosePlan(
        oracle,
        0,
        prices.map((price) => price + 1e-9),
        Float64Array.from([2, 40]),
      ),
    ).toBe(flexible[1]);
    expect(choosePlan(oracle, 1, prices, Float64Array.from([2, 40]))).toBe(captive[0]);
  });

  it('go on with the last prices of a scenario that cannot be solved, and fail with none', () => {
    const { oracle, demand, supply } = drawMarket(SEED);
    let broken = false;
    const moody: LinearSolver = {
      open: (rows) => {
        const model = solver.open(rows);
        const solve = () =>
          broken ? ({ status: 'failed', reason: 'no' } as const) : model.solve();
        return { ...model, solve };
      },
    };
    const scenarios = openScenarios(moody, oracle, 2, seededRandom(SEED).next);
    const first = scenarios.refresh(() => demand, supply, 2);
    broken = true;
    const second = scenarios.refresh(() => demand, supply, 2);
    expect(second).toEqual({ ...first, failed: 2 });
    const never = openScenarios(moody, oracle, 2, seededRandom(SEED).next);
    expect(never.refresh(() => demand, supply, 2).status).toBe('failed');
  });

  it(`cost no more than greedy over many random markets (seed ${SEED})`, () => {
    let greedy = 0;
    let withPrices = 0;
    for (let run = 0; run < runs(15); run++) {
      const { oracle, demand, supply } = drawMarket(SEED + run);
      const random = seededRandom(SEED + 5000 + run);
      const orders = Array.from({ length: 24 }, () => random.between(0, demand.length - 1));
      const play = (isPriced: boolean): number => {
        const free = Float64Array.from(supply);
        const scenarios = openScenarios(solver, oracle, 4, seededRandom(run).next);
        let cost = 0;
        orders.forEach((c, t) => {
          const left = demand.map(() => (orders.length - t) / demand.length);
          const priced = isPriced ? scenarios.refresh(() => left, free, 1) : undefined;
          const prices = priced?.status === 'priced' ? priced.prices : undefined;
          const plan = choosePlan(oracle, c, prices, free);
          takePlan(free, plan);
          cost += plan.cost;
        });
        scenarios.close();
        return cost;
      };
      greedy += play(false);
      withPrices += play(true);
    }
    expect(withPrices).toBeLessThan(greedy);
  });
});
