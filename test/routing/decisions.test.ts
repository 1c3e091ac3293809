/** What a decision guarantees: units, capacity, determinism, budgets, the traps of other systems. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
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
  type StockPosition,
  source,
  take,
  zonesOf,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld } from './small-world.ts';

const PATIENCE = 120_000 + runs(1000);
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
      for (let i = 0; i < 220; i++) {
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
        { seed: seedOf(17), numRuns: runs(25) },
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
