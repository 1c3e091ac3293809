/** Forecasts from orders seen, and prices of stock from them. */
import { describe, expect, it } from 'vitest';
import {
  arrivalInstants,
  forecastDemand,
  hasDrifted,
  hourOfWeek,
  hoursCovered,
  type Pricing,
  priceResources,
  seasonalHours,
  seededChance,
  weekShape,
} from '../../../routing/index.ts';
import { loadSolver } from './market.ts';

const solver = await loadSolver();
const MONDAY = Date.UTC(2026, 2, 23) / 1000;
const HOUR = 3600;

describe('the week', () => {
  it('counts its hours from Monday 00:00 UTC', () => {
    expect(hourOfWeek(MONDAY)).toBe(0);
    expect(hourOfWeek(MONDAY - 1)).toBe(167);
    expect(hourOfWeek(MONDAY + 49.5 * HOUR)).toBe(49);
  });

  it('covers hours in part and over its end', () => {
    const hours = hoursCovered(MONDAY - 0.5 * HOUR, MONDAY + 170 * HOUR);
    expect([hours[167], hours[0], hours[1], hours[2]]).toEqual([1.5, 2, 2, 1]);
    expect(hours.reduce((sum, h) => sum + h, 0)).toBeCloseTo(170.5, 9);
  });

  it('has the shape of what was seen, flatter the less that was', () => {
    const seenFor = (perHour: number) => {
      const orders = new Float64Array(168).fill(perHour);
      orders[10] = 3 * perHour;
      return weekShape(orders, new Float64Array(168).fill(1));
    };
    const [little, much] = [seenFor(1), seenFor(1000)];
    expect(much[10]!).toBeGreaterThan(2.9);
    expect(little[10]!).toBeLessThan(1.4);
    const mean = seasonalHours(much, MONDAY, MONDAY + 168 * HOUR) / 168;
    expect(mean).toBeCloseTo(1, 2);
    expect([...weekShape(new Float64Array(168), new Float64Array(168))]).toEqual(
      new Array(168).fill(1),
    );
  });
});

describe('arrivals', () => {
  it('spread over the window by its season, any run of neighbours too', () => {
    const shape = new Float64Array(168).fill(1);
    // The second hour of Monday is nine times as busy as the first.
    shape[1] = 9;
    const at = arrivalInstants(shape, MONDAY, MONDAY + 2 * HOUR, 1000);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(MONDAY);
    expect(Math.max(...at)).toBeLessThan(MONDAY + 2 * HOUR);
    const second = (list: readonly number[]) =>
      list.filter((instant) => instant >= MONDAY + HOUR).length / list.length;
    expect(second(at)).toBeCloseTo(0.9, 2);
    expect(Math.abs(second(at.slice(300, 400)) - 0.9)).toBeLessThan(0.03);
    expect(arrivalInstants(shape, MONDAY, MONDAY + HOUR, 0)).toEqual([]);
  });
});

describe('drift', () => {
  it('is more than chance and more than a trifle, in either direction', () => {
    expect(hasDrifted(140, 100)).toBe(false);
    expect(hasDrifted(142, 100)).toBe(true);
    expect(hasDrifted(58, 100)).toBe(true);
    expect(hasDrifted(120_000, 100_000)).toBe(false);
    expect(hasDrifted(126_000, 100_000)).toBe(true);
    expect([0, 4].map((seen) => hasDrifted(seen, 0))).toEqual([false, false]);
    expect(hasDrifted(5, 0)).toBe(true);
  });
});

describe('forecasts', () => {
  it('keep the sum of what was seen and share it out by SKU and zone', () => {
    const rows = [
      { sku_id: 'mug', zone_id: 'a', orders: 30, units: 60 },
      { sku_id: 'mug', zone_id: 'b', orders: 10, units: 10 },
      { sku_id: 'pot', zone_id: 'a', orders: 10, units: 14 },
      { sku_id: 'pot', zone_id: 'b', orders: 10, units: 1 },
    ];
    const forecast = forecastDemand(rows, 0.5);
    expect(forecast.reduce((sum, one) => sum + one.forecast, 0)).toBeCloseTo(30, 9);
    expect(forecast.map((one) => one.quantity)).toEqual([2, 1, 1, 1]);
    expect(forecast[0]).toMatchObject({ pooled_orders: (40 * 40) / 60, forecast: (40 * 40) / 120 });
    expect(forecastDemand([], 1)).toEqual([]);
  });
});

/** Resource 0 is what class 1 has alone; class 0 has another for 100 more. */
function pricing(changes: Partial<Pricing> = {}): Pricing {
  const kind = { unserved_cost: 9000, forecast: 20 };
  const from = (resource: number, cost: number) => ({ cost, resources: [resource], amounts: [1] });
  return {
    supply: [20, 100],
    classes: [
      { ...kind, name: 'near', group: 0, choices: [from(0, 500), from(1, 600)] },
      { ...kind, name: 'far', group: 1, choices: [from(0, 500)] },
    ],
    shape: 5,
    seen: [20, 20],
    forecast_seen: [20, 20],
    scenarios: 10,
    seed: 1,
    ...changes,
  };
}

describe('stock', () => {
  it('is priced where it is contended, the same each time, and never above what it can be worth', () => {
    const priced = priceResources(solver, pricing());
    if (priced.status === 'failed') throw new Error(priced.reason);
    expect(priced.prices[0]!).toBeGreaterThan(100);
    expect(priced.prices[0]!).toBeLessThanOrEqual(8500);
    expect(priced.prices[1]!).toBe(0);
    expect(priceResources(solver, pricing())).toEqual(priced);
  });

  it('is priced on the same futures by tasks of one seed, whatever else they price', () => {
    const harbour = (changes: Partial<Pricing>, at = 0) => {
      const priced = priceResources(solver, pricing(changes));
      if (priced.status === 'failed') throw new Error(priced.reason);
      return priced.prices[at]!;
    };
    const { classes, supply, seen } = pricing();
    const beside = {
      supply: [9, ...supply],
      classes: [
        { ...classes[0]!, name: 'other goods', group: 0, choices: [] },
        ...classes.toReversed().map((one) => {
          const choices = one.choices.map((plan) => ({
            ...plan,
            resources: [plan.resources[0]! + 1],
          }));
          return { ...one, group: one.group + 1, choices };
        }),
      ],
      ...{ seen: [7, ...seen], forecast_seen: [9, ...seen] },
    };
    const price = harbour({});
    expect(harbour(beside, 1)).toBeCloseTo(price, 6);
    // Four futures of ten lack units; none of them is another for a little less demand.
    const fewer = classes.map((one) => ({ ...one, forecast: 0.99 * one.forecast }));
    expect(Math.abs(harbour({ classes: fewer }) / price - 1)).toBeLessThan(0.05);
    const others = [2, 3, 4, 5].map((seed) => Math.abs(harbour({ seed }) / price - 1));
    expect(Math.max(...others)).toBeGreaterThan(0.05);
  });

  it('is free where there is plenty', () => {
    expect(priceResources(solver, pricing({ supply: [500, 500] }))).toMatchObject({
      prices: [0, 0],
    });
  });

  it('fails as the solver does, without a price', () => {
    const broken = {
      open: (rows: number) => ({
        ...solver.open(rows),
        solve: () => ({ status: 'failed', reason: 'no' }) as const,
      }),
    };
    expect(priceResources(broken, pricing()).status).toBe('failed');
  });
});

it('chance from a seed is the same stream, spread over [0, 1)', () => {
  const stream = (seed: number) => Array.from({ length: 1000 }, seededChance(seed));
  expect(stream(5)).toEqual(stream(5));
  expect(stream(5)).not.toEqual(stream(6));
  const mean = stream(5).reduce((sum, x) => sum + x, 0) / 1000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  expect(stream(5).every((x) => x >= 0 && x < 1)).toBe(true);
});
