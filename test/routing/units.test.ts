/** Units are conserved: the traps that other systems fell into. */
import { describe, expect, it } from 'vitest';
import {
  compileNetwork,
  type NetworkInput,
  openBoard,
  prepareChecker,
  type SourcedPlan,
  type SourcingOrder,
  source,
} from '../../routing/index.ts';
import { MONDAY } from './small-world.ts';

const BUDGET = { work: 20_000_000 };

const week = <T>(value: T) =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, value]));

const sku = { weight_grams: 100, length_mm: 10, width_mm: 10, height_mm: 10 };
const input: NetworkInput = {
  skus: ['A', 'B'].map((id) => ({ id, ...sku })),
  warehouses: ['W1', 'W2', 'W3'].map((id, i) => ({
    id,
    position: [0, 0],
    time_zone: 'UTC',
    hours: week([['00:00', '24:00']] as [string, string][]),
    processing_seconds: 0,
    handling_per_parcel: i * 10,
  })),
  zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
  rate_cards: [{ id: 'R', weight_breaks_grams: [9e6], rates: { a: [{ base: 500 }] } }],
  transit_times: [{ id: 'T', quantiles: [[1, 86_400]] }],
  services: [
    {
      id: 'S',
      carrier_id: 'K',
      rate_card_id: 'R',
      pickups: week(['18:00']),
      lanes: [{ rate_area: 'a', transit_time_id: 'T' }],
    },
  ],
  policy: {
    confidence: 0.9,
    split_limit: 3,
    split_penalty: 100,
    lateness_per_day: 0,
    time_per_day: 0,
  },
};

/** A plain world by hand: flat prices, always open, one service. */
function plainWorld(stocks: readonly (readonly [string, string, number])[]) {
  const stock = stocks.map(([warehouse_id, sku_id, available], i) => ({
    stock_id: i + 1,
    warehouse_id,
    sku_id,
    available,
  }));
  const compiled = compileNetwork(input, { from_seconds: MONDAY });
  const decide = (
    lines: [string, number][],
    change: Partial<NetworkInput['policy']> = {},
    work = BUDGET.work,
  ) => {
    const altered = { ...compiled, policy: { ...compiled.policy, ...change } };
    const order: SourcingOrder = {
      at_seconds: MONDAY,
      destination: { country: 'DE', postal_code: '1' },
      lines: lines.map(([sku_id, quantity], i) => ({ line_no: i + 1, sku_id, quantity })),
    };
    return source(altered, openBoard(altered, stock, []), order, { work });
  };
  return { stock, decide };
}

const unitsByWarehouse = (plan: SourcedPlan) =>
  plan.parcels.map((parcel) => [
    parcel.warehouse_id,
    parcel.takes.reduce((sum, { quantity }) => sum + quantity, 0),
  ]);

describe('units', () => {
  it('are never sent twice when a line is split: 5 from stocks of 3 and 10 are 5', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 3],
      ['W2', 'A', 4],
    ]);
    const plan = decide([['A', 5]]) as SourcedPlan;
    expect(
      unitsByWarehouse(plan)
        .map(([, units]) => units)
        .sort(),
    ).toEqual([1, 4]);
    const whole = plainWorld([
      ['W1', 'A', 3],
      ['W2', 'A', 10],
    ]).decide([['A', 5]]);
    expect(unitsByWarehouse(whole as SourcedPlan)).toEqual([['W2', 5]]);
  });

  it('come from as many lots of a warehouse as it takes, and from the place that has them', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 1],
      ['W3', 'A', 2],
      ['W3', 'A', 2],
    ]);
    const plan = decide([['A', 4]]) as SourcedPlan;
    expect(unitsByWarehouse(plan)).toEqual([['W3', 4]]);
    expect(plan.parcels[0]!.takes).toHaveLength(2);
  });

  it('never use a third location where two suffice', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 4],
      ['W2', 'A', 6],
      ['W3', 'A', 5],
    ]);
    expect((decide([['A', 10]]) as SourcedPlan).parcels).toHaveLength(2);
    expect((decide([['A', 15]]) as SourcedPlan).parcels).toHaveLength(3);
  });

  it.each([1000, 30_000, 1_000_000])(
    'of a line of many are sent on a budget of %d steps',
    (work) => {
      for (const scale of [5, 40, 100]) {
        const { decide } = plainWorld([
          ['W1', 'A', 8 * scale],
          ['W2', 'A', 10 * scale],
          ['W3', 'A', 10 * scale],
          ['W1', 'B', scale],
          ['W3', 'B', scale],
        ]);
        const lines: [string, number][] = [
          ['A', 19 * scale],
          ['B', scale],
        ];
        expect(decide(lines, { split_limit: 2 }, work)).toMatchObject({ cost: 1130 });
      }
    },
  );

  it('of one SKU on two lines share the same stock', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 3],
      ['W2', 'A', 3],
    ]);
    const plan = decide([
      ['A', 2],
      ['A', 3],
    ]) as SourcedPlan;
    expect(
      unitsByWarehouse(plan)
        .map(([, units]) => units)
        .sort(),
    ).toEqual([2, 3]);
    expect(
      decide([
        ['A', 3],
        ['A', 4],
      ]),
    ).toMatchObject({ outcome: 'unsourced', reason: 'no_stock' });
  });

  it('of one SKU on two lines are cut as those of one line where both cannot stay whole', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 4],
      ['W2', 'A', 2],
    ]);
    const plan = decide([
      ['A', 3],
      ['A', 3],
    ]) as SourcedPlan;
    expect(unitsByWarehouse(plan)).toEqual([
      ['W1', 4],
      ['W2', 2],
    ]);
    expect(plan).toMatchObject({ cost: 1110, proof: { kind: 'optimal' } });
  });

  it.each([
    [[], 'lines: got 0, expected at least 1'],
    [[['A', 0]], 'lines[0].quantity: got 0, expected a whole number of units, at least 1'],
    [[['A', 1.5]], 'lines[0].quantity: got 1.5'],
    [[['A', Number.NaN]], 'lines[0].quantity: got NaN'],
  ] as [[string, number][], string][])('that are none are refused by name: %j', (lines, told) => {
    const { decide } = plainWorld([['W1', 'A', 9]]);
    expect(() => decide(lines)).toThrow(told);
  });

  it('refuse with the true reason', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 3],
      ['W2', 'B', 3],
    ]);
    expect(decide([['A', 4]])).toMatchObject({ reason: 'no_stock', line_nos: [1] });
    expect(decide([['X', 1]])).toMatchObject({ reason: 'unknown_sku', line_nos: [1] });
    expect(
      decide(
        [
          ['A', 1],
          ['B', 1],
        ],
        { split_limit: 1 },
      ),
    ).toMatchObject({ reason: 'split_limit' });
    expect(
      decide([
        ['A', 1],
        ['B', 1],
      ]),
    ).toMatchObject({ outcome: 'sourced' });
  });

  it('of a line that has to be cut are cut anyhow, however many: the cheapest number of each', () => {
    const { decide } = plainWorld([
      ['W1', 'A', 13],
      ['W2', 'A', 30],
      ['W3', 'A', 40],
    ]);
    // Every parcel costs 500, the second 100 more; W1 sends for 0, W2 for 10, W3 for 20.
    const plan = decide([['A', 43]]) as SourcedPlan;
    expect(unitsByWarehouse(plan).map(([warehouse]) => warehouse)).toEqual(['W1', 'W2']);
    expect(plan).toMatchObject({ cost: 1110, proof: { kind: 'optimal' } });
    expect(decide([['A', 83]])).toMatchObject({ cost: 1730, proof: { kind: 'optimal' } });
  });

  it('that no service sells alone leave together where a line has to be cut', () => {
    const { stock } = plainWorld([
      ['W1', 'A', 4],
      ['W2', 'A', 3],
    ]);
    const [card] = input.rate_cards;
    const heavy = {
      ...input,
      // Nothing below 300 g: three units are the least.
      rate_cards: [
        { ...card!, weight_breaks_grams: [299, 9e6], rates: { a: [null, { base: 500 }] } },
      ],
    };
    const compiled = compileNetwork(heavy, { from_seconds: MONDAY });
    const decide = (quantity: number) =>
      source(
        compiled,
        openBoard(compiled, stock, []),
        {
          at_seconds: MONDAY,
          destination: { country: 'DE', postal_code: '1' },
          lines: [{ line_no: 1, sku_id: 'A', quantity }],
        },
        BUDGET,
      );
    expect(unitsByWarehouse(decide(6) as SourcedPlan)).toEqual([
      ['W1', 3],
      ['W2', 3],
    ]);
    expect(decide(5)).toMatchObject({ outcome: 'unsourced' });
  });

  it('that no number of parcels can take are refused for capacity, not for the split limit', () => {
    const narrow = {
      ...input,
      warehouses: [{ ...input.warehouses[0]!, picks_per_hour: 2, parcels_per_day: 1 }],
    };
    const compiled = compileNetwork(narrow, { from_seconds: MONDAY });
    // Two pickups arrive before the lot expires, of two units each.
    const lot = { stock_id: 1, warehouse_id: 'W1', sku_id: 'A', available: 9 };
    const stock = [{ ...lot, expires_seconds: MONDAY + 2.9 * 86_400 }];
    const refusedFor = (quantity: number, split_limit: number) => {
      const altered = { ...compiled, policy: { ...compiled.policy, split_limit } };
      const order: SourcingOrder = {
        at_seconds: MONDAY,
        destination: { country: 'DE', postal_code: '1' },
        lines: [{ line_no: 1, sku_id: 'A', quantity }],
      };
      const result = source(altered, openBoard(altered, stock, []), order, BUDGET);
      return result.outcome === 'unsourced' ? result.reason : result.outcome;
    };
    expect(refusedFor(4, 4)).toBe('sourced');
    expect(refusedFor(4, 1)).toBe('split_limit');
    expect(refusedFor(6, 4)).toBe('no_capacity');
  });

  it('of a line too heavy for one parcel leave in several', () => {
    const { stock } = plainWorld([['W1', 'A', 30]]);
    const light = {
      ...input,
      rate_cards: [{ ...input.rate_cards[0]!, weight_breaks_grams: [1000] }],
    };
    const compiled = compileNetwork(light, { from_seconds: MONDAY });
    const order = {
      at_seconds: MONDAY,
      destination: { country: 'DE', postal_code: '1' },
      lines: [{ line_no: 1, sku_id: 'A', quantity: 25 }],
    };
    const plan = source(compiled, openBoard(compiled, stock, []), order, BUDGET) as SourcedPlan;
    expect(
      unitsByWarehouse(plan)
        .map(([, units]) => units)
        .sort(),
    ).toEqual([10, 10, 5]);
    expect(prepareChecker(light)({ stock, capacity: [], order, plan })).toEqual([]);
    expect(plan.proof).toEqual({ kind: 'optimal' });
  });
});
