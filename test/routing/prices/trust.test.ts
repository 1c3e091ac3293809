/** How far prices and forecasts are trusted. */
import { describe, expect, it } from 'vitest';
import {
  choosePlan,
  cvOfLogNormal,
  demandFactor,
  demandFactorAt,
  fadeDemand,
  followCourses,
  followPrices,
  learnedDemand,
  openDemand,
  type Pricing,
  pricedCost,
  priceResources,
  pricesInForce,
  recordDemand,
  regretCaps,
  sampleNormal,
  shapeOfError,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { drawMarket, loadSolver } from './market.ts';

const SEED = seedOf(47);

describe('prices in force', () => {
  const solved = {
    solved_at_seconds: 1000,
    prices: Float64Array.from([4, 0, 10]),
    caps: Float64Array.from([3, 5, 20]),
  };

  it('are blended and capped while fresh, and none when stale, missing or not trusted', () => {
    const trust = { blend: 0.9, stale_after_seconds: 60 };
    expect([...pricesInForce(solved, trust, 1059)!]).toEqual([3, 0, 9]);
    expect(pricesInForce(solved, trust, 1060)).toBeUndefined();
    expect(pricesInForce(undefined, trust, 1000)).toBeUndefined();
    expect(pricesInForce(solved, { ...trust, blend: 0 }, 1000)).toBeUndefined();
  });

  it(`cannot cost an order more than its greedy plan's caps, however wrong (seed ${SEED})`, () => {
    for (let run = 0; run < runs(60); run++) {
      const { oracle, supply } = drawMarket(SEED + run);
      const random = seededRandom(SEED + run);
      const everyone = new Float64Array(oracle.classes).fill(1);
      const caps = regretCaps(oracle, everyone, supply);
      const wrong = supply.map(() => random.next() * 1000);
      const trust = { blend: 1, stale_after_seconds: 1 };
      const prices = pricesInForce({ solved_at_seconds: 0, prices: wrong, caps }, trust, 0)!;
      for (let c = 0; c < oracle.classes; c++) {
        const greedy = choosePlan(oracle, c, undefined, supply);
        const chosen = choosePlan(oracle, c, prices, supply);
        const bound = pricedCost(greedy, caps);
        expect(chosen.cost).toBeLessThanOrEqual(bound + 1e-9);
        const second = oracle.cheapest(c, new Float64Array(caps.length), without(greedy, supply));
        if (greedy.resources.length === 1 && caps[greedy.resources[0]!]! > 0) {
          expect(second.cost - greedy.cost).toBeLessThanOrEqual(caps[greedy.resources[0]!]! + 1e-9);
        }
      }
    }
  });

  it('that follow use between solves stay between zero and their caps, and know what is left', () => {
    const course = { price: 10, planned: 40, level: 50, cap: 10.05 };
    const [more] = followCourses([course], [20], 0.25);
    expect(more).toEqual({ price: 10.05, planned: 30, level: 20, cap: 10.05 });
    const [fewer] = followCourses([course], [45], 0.25);
    expect(fewer!.price).toBeCloseTo(10 + 0.01 * (5 - 10), 12);
    const [received] = followCourses([course], [5000], 0.25);
    expect(received!.price).toBe(0);
  });

  it('are capped where they are solved: at the step to the second-best choice', async () => {
    const choices = [
      { cost: 1, resources: [0], amounts: [1] },
      { cost: 3, resources: [1], amounts: [1] },
    ];
    const kind = { unserved_cost: 100, forecast: 10 };
    const pricing: Pricing = {
      supply: [5, 8],
      classes: [
        { ...kind, name: 'both', choices, group: 0 },
        { ...kind, name: 'one', choices: [choices[1]!], group: 1 },
      ],
      ...{ shape: 1e9, seen: [10, 10], forecast_seen: [10, 10], scenarios: 10, seed: SEED },
    };
    const priced = priceResources(await loadSolver(), pricing);

    // A unit of the first is worth 99: nobody without it is served. But whoever has it by mistake loses 2.
    if (priced.status === 'failed') throw new Error(priced.reason);
    expect([...priced.caps]).toEqual([2, 97]);
    expect(priced.prices[0]).toBe(2);
    expect(priced.prices[1]).toBeGreaterThan(80);
  });

  it('are dear where more came than was forecast, and cheap where less did', async () => {
    const solver = await loadSolver();
    const choices = [{ cost: 1, resources: [0], amounts: [1] }];
    const priceOf = (seen: number) => {
      const priced = priceResources(solver, {
        supply: [20],
        classes: [{ name: 'mug', choices, unserved_cost: 100, forecast: 20, group: 0 }],
        ...{ shape: 5, seen: [seen], forecast_seen: [20], scenarios: 20, seed: SEED },
      });
      if (priced.status === 'failed') throw new Error(priced.reason);
      return priced.prices[0]!;
    };

    expect(priceOf(60)).toBeGreaterThan(90);
    expect(priceOf(5)).toBeLessThan(10);
  });

  it('follow use between solves and stay at zero or above', () => {
    const prices = Float64Array.from([1, 0.01, 0]);
    followPrices(prices, Float64Array.from([2, 0, 1]), Float64Array.from([1, 1, 0.5]), 0.1);
    expect([...prices].map((price) => Number(price.toFixed(9)))).toEqual([1.1, 0, 0.05]);
  });
});

const without = (plan: { readonly resources: readonly number[] }, supply: Float64Array) =>
  supply.map((units, r) => (plan.resources.includes(r) ? 0 : units));

describe('learned demand', () => {
  it('believes the forecast at first and the orders in the end', () => {
    const record = openDemand(2, 4);
    expect(demandFactor(record, 0)).toBe(1);
    recordDemand(record, 0, 30, 10);
    expect(demandFactor(record, 0)).toBeCloseTo((4 + 30) / (4 + 10), 12);
    recordDemand(record, 0, 30_000, 10_000);
    expect(demandFactor(record, 0)).toBeCloseTo(3, 2);
    expect([...learnedDemand(record, [1, 0], Float64Array.from([7, 0]))]).toEqual([7, 0]);
    fadeDemand(record, 0);
    expect(demandFactor(record, 0)).toBe(1);
  });

  it('never moves a forecast that is said to be right', () => {
    const record = openDemand(1, shapeOfError(0));
    recordDemand(record, 0, 500, 1);
    expect(demandFactor(record, 0)).toBe(1);
    expect(demandFactorAt(record, 0, 3)).toBe(1);
  });

  it('states the weight of a log-normal error in orders', () => {
    expect(shapeOfError(cvOfLogNormal(0.5))).toBeCloseTo(1 / (Math.exp(0.25) - 1), 12);
  });

  it('spreads its quantiles as the Gamma posterior does, less as orders come', () => {
    const { next } = seededRandom(SEED);
    for (const [seen, forecast] of [
      [0, 0],
      [12, 6],
      [400, 500],
    ] as const) {
      const record = openDemand(1, 3.5);
      recordDemand(record, 0, seen, forecast);
      const draws = Array.from({ length: 20_000 }, () =>
        demandFactorAt(record, 0, sampleNormal(next)),
      );
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
      const sd = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length);
      expect(mean / demandFactor(record, 0)).toBeCloseTo(1, 1);
      expect(sd / (Math.sqrt(3.5 + seen) / (3.5 + forecast))).toBeCloseTo(1, 1);
    }
  });
});
