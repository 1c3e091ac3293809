/** What a decision guarantees: units, capacity, determinism, budgets, the traps of other systems. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
import { seededRandom } from '../../bench/random.ts';
import {
  type CapacityUse,
  compileNetwork,
  explain,
  giveBack,
  greedySource,
  type NetworkInput,
  openBoard,
  prepareChecker,
  quoteOptions,
  recompileCalendars,
  type SourcedPlan,
  type SourcingOrder,
  type StockPosition,
  source,
  take,
  zonesOf,
} from '../../routing/index.ts';
import { aWorld, MONDAY } from './small-world.ts';

const PATIENCE = 120_000;
const BUDGET = { work: 20_000_000 };
const document = generateNetwork({
  seed: 9,
  warehouses: 60,
  services: 150,
  zones: 30,
  skus: 120,
  carriers: 40,
});
const from_seconds = Date.UTC(2026, 10, 18, 9) / 1000;
const network = compileNetwork(document, { from_seconds });

/** A plain world by hand: flat prices, always open, one service. */
function plainWorld(stocks: readonly (readonly [string, string, number])[]) {
  const week = <T>(value: T) =>
    Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, value]),
    );
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
  const stock = stocks.map(([warehouse_id, sku_id, available], i) => ({
    stock_id: i + 1,
    warehouse_id,
    sku_id,
    available,
  }));
  const compiled = compileNetwork(input, { from_seconds: MONDAY });
  const decide = (lines: [string, number][], change: Partial<NetworkInput['policy']> = {}) => {
    const altered = { ...compiled, policy: { ...compiled.policy, ...change } };
    const order: SourcingOrder = {
      at_seconds: MONDAY,
      destination: { country: 'DE', postal_code: '1' },
      lines: lines.map(([sku_id, quantity], i) => ({ line_no: i + 1, sku_id, quantity })),
    };
    return source(altered, openBoard(altered, stock, []), order, BUDGET);
  };
  return { input, stock, decide };
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

  it('of a line too heavy for one parcel leave in several', () => {
    const { input, stock } = plainWorld([['W1', 'A', 30]]);
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
    expect(plan.proof.kind === 'optimal' || plan.proof.lower_bound <= plan.cost).toBe(true);
  });
});

/** Stock and capacity as they are after a plan. */
function after(
  plan: SourcedPlan,
  stock: readonly StockPosition[],
  capacity: readonly CapacityUse[],
) {
  const taken = new Map<number, number>();
  for (const { stock_id, quantity } of plan.parcels.flatMap((parcel) => parcel.takes)) {
    taken.set(stock_id, (taken.get(stock_id) ?? 0) + quantity);
  }
  const used = plan.parcels.flatMap((parcel) =>
    parcel.capacity.map(({ resource, slot_seconds, amount }) => ({
      resource,
      slot_seconds,
      used: amount,
    })),
  );
  const left = stock.map((row) => ({
    ...row,
    available: row.available - (taken.get(row.stock_id) ?? 0),
  }));
  return { stock: left, capacity: [...capacity, ...used] };
}

describe('a batch on one board', () => {
  it(
    'never oversells and every plan is sound on what the earlier ones left',
    () => {
      const tight = {
        ...document,
        warehouses: document.warehouses.map((row) => ({
          ...row,
          picks_per_hour: 6,
          parcels_per_day: 5,
        })),
        services: document.services.map((row) => ({ ...row, parcels_per_day: 2 })),
      };
      const compiled = compileNetwork(tight, { from_seconds });
      const check = prepareChecker(tight);
      const random = seededRandom(31);
      let stock: StockPosition[] = generateStock(tight, 4, 0.06);
      let capacity: CapacityUse[] = [];
      const board = openBoard(compiled, stock, capacity);
      const counts = { sourced: 0, unsourced: 0 };
      for (let i = 0; i < 250; i++) {
        const order = generateOrder(tight, random, random.between(1, 5), from_seconds + i);
        const result = source(compiled, board, order, { work: 300_000 });
        counts[result.outcome]++;
        if (result.outcome === 'unsourced') continue;
        expect(check({ stock, capacity, order, plan: result })).toEqual([]);
        take(board, result);
        ({ stock, capacity } = after(result, stock, capacity));
      }
      expect(counts.sourced).toBeGreaterThan(150);
      expect(counts.unsourced).toBeGreaterThan(0);
      expect(stock.every((row) => row.available >= 0)).toBe(true);
    },
    PATIENCE,
  );

  it('is as before when a plan is given back', () => {
    const stock = generateStock(document, 4, 0.2);
    const board = openBoard(network, stock, []);
    const order = generateOrder(document, seededRandom(8), 4, from_seconds);
    const first = source(network, board, order, BUDGET) as SourcedPlan;
    take(board, first);
    giveBack(board, first);
    expect(source(network, board, order, BUDGET)).toEqual(first);
  });
});

describe('a decision', () => {
  it(
    'is the same for the same input, whatever the order of rows',
    () => {
      const shape = { warehouses: 5, services: 4, skus: 4, lines: 4, scarce: true };
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 1 << 30 }), (seed) => {
          const { network: input, stock, capacity, order } = aWorld(seed, shape);
          const reversed: NetworkInput = {
            ...input,
            warehouses: input.warehouses.toReversed(),
            services: input.services.toReversed(),
            zones: input.zones.toReversed(),
            skus: input.skus.toReversed(),
            rate_cards: input.rate_cards.toReversed(),
            transit_times: input.transit_times.toReversed(),
          };
          const decide = (doc: NetworkInput, rows: StockPosition[], used: CapacityUse[]) => {
            const compiled = compileNetwork(doc, { from_seconds: order.at_seconds });
            return source(compiled, openBoard(compiled, rows, used), order, BUDGET);
          };
          const first = decide(input, stock, capacity);
          expect(decide(input, stock, capacity)).toEqual(first);
          expect(decide(reversed, stock.toReversed(), capacity.toReversed())).toEqual(first);
        }),
        { seed: 17, numRuns: 60 },
      );
    },
    PATIENCE,
  );

  it('of the calendars compiled anew is that of the network compiled anew', () => {
    const later = from_seconds + 3 * 86_400;
    const order = generateOrder(document, seededRandom(5), 3, later);
    const stock = generateStock(document, 4, 0.2);
    const [anew, again] = [
      compileNetwork(document, { from_seconds: later }),
      recompileCalendars(network, { from_seconds: later }),
    ].map((compiled) => source(compiled, openBoard(compiled, stock, []), order, BUDGET));
    expect(again).toEqual(anew);
  });

  it(
    'is made under any budget, never better proved than it is, and better with more',
    () => {
      const check = prepareChecker(document);
      const random = seededRandom(12);
      for (const lines of [1, 2, 5, 8, 11, 14, 18, 30]) {
        const stock = generateStock(document, 6, lines > 14 ? 0.7 : 0.3);
        const order = generateOrder(document, random, lines, from_seconds);
        const board = openBoard(network, stock, []);
        const plans = [0, 60_000, 400_000, 60_000_000].map((work) => {
          const result = source(network, board, order, { work });
          if (result.outcome === 'unsourced') return undefined;
          expect(check({ stock, capacity: [], order, plan: result })).toEqual([]);
          return result;
        });
        const best = plans.at(-1);
        expect(best?.outcome, `${lines} lines`).toBe('sourced');
        for (const plan of plans) {
          if (plan === undefined) continue;
          const bound = plan.proof.kind === 'optimal' ? plan.cost : plan.proof.lower_bound;
          expect(bound).toBeLessThanOrEqual(best!.cost);
          expect(plan.cost).toBeGreaterThanOrEqual(best!.cost);
        }
        if (lines <= 12) expect(best!.method).toBe('exact');
      }
    },
    PATIENCE,
  );

  it('stops when it is told to and still answers', () => {
    const stock = generateStock(document, 6, 0.3);
    const board = openBoard(network, stock, []);
    const order = generateOrder(document, seededRandom(3), 24, from_seconds);
    const result = source(network, board, order, { work: 1e9, should_stop: () => true });
    expect(result.outcome).toBe('sourced');
  });

  it('is never dearer than greed', () => {
    const stock = generateStock(document, 6, 0.15);
    const board = openBoard(network, stock, []);
    const random = seededRandom(21);
    let saved = 0;
    for (let i = 0; i < 60; i++) {
      const order = generateOrder(document, random, random.between(1, 6), from_seconds);
      const [best, greedy] = [
        source(network, board, order, BUDGET),
        greedySource(network, board, order),
      ];
      if (best.outcome === 'unsourced' || greedy.outcome === 'unsourced') continue;
      expect(best.cost).toBeLessThanOrEqual(greedy.cost);
      saved += greedy.cost - best.cost;
    }
    expect(saved).toBeGreaterThan(0);
  });
});

describe('offers and reasons', () => {
  const stock = generateStock(document, 6, 0.3);
  const board = openBoard(network, stock, []);

  it('offer cheaper and faster plans than the best value, each sound', () => {
    const random = seededRandom(2);
    const check = prepareChecker(document);
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const order = generateOrder(document, random, random.between(1, 4), from_seconds);
      const options = quoteOptions(network, board, order, BUDGET);
      const best = options.find(({ label }) => label === 'best_value')!.plan;
      for (const { label, plan } of options) {
        seen.add(label);
        expect(check({ stock, capacity: [], order, plan })).toEqual([]);
        expect(plan.cost).toBeGreaterThanOrEqual(best.cost);
        if (label === 'fastest') expect(plan.promise_seconds).toBeLessThan(best.promise_seconds);
      }
    }
    expect([...seen].sort()).toEqual(['best_value', 'cheapest', 'fastest']);
  });

  it('tell for each alternative what it would have cost, and never less than the optimum', () => {
    const random = seededRandom(4);
    for (let i = 0; i < 25; i++) {
      const order = generateOrder(document, random, random.between(1, 5), from_seconds);
      const result = source(network, board, order, BUDGET);
      const rows = explain(network, board, order, result);
      expect(rows.length).toBeLessThanOrEqual(20);
      expect(rows).toEqual(explain(network, board, order, result));
      for (const row of rows) {
        if (row.lost_because === 'dearer') expect(row.dearer_by).toBeGreaterThanOrEqual(0);
        else expect(row.cost).toBeUndefined();
      }
      const other = rows.find(
        (row) => row.lost_because === 'dearer' && row.service_id === undefined,
      );
      if (other === undefined || order.lines.length > 1 || result.outcome === 'unsourced') continue;
      const only = { ...order, only_warehouses: [other.warehouse_id] };
      expect(source(network, board, only, BUDGET)).toMatchObject({ cost: other.cost });
    }
  });

  it('name the zones of a destination', () => {
    const zone = document.zones[3]!;
    const destination = { country: zone.country, postal_code: `${zone.postal_prefixes![0]}123` };
    expect(zonesOf(network, destination)).toEqual([zone.id]);
    const nowhere = { country: 'XX', postal_code: '1' };
    const order = {
      ...generateOrder(document, seededRandom(1), 1, from_seconds),
      destination: nowhere,
    };
    expect(source(network, board, order, BUDGET)).toMatchObject({ reason: 'no_zone' });
  });
});
