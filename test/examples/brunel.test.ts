/** The Brunel example: its conversion is exact, and the engine's decisions match plain arithmetic. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { skuIdOf, toNetwork, toOrders, toStock } from '../../examples/brunel/convert.ts';
import { choicesOf, serveGreedily } from '../../examples/brunel/model.ts';
import { cheapestBands } from '../../examples/brunel/rate-bands.ts';
import {
  type BrunelTables,
  findBrunelFolder,
  readBrunelTables,
} from '../../examples/brunel/tables.ts';
import { compileNetwork, openBoard, source, take } from '../../routing/index.ts';
import { validateNetwork } from '../../src/domain/network-rules.ts';

const rate = { carrier: 'C', port: 'P1', service_code: 'DTD', mode: 'AIR', transit_days: 2 };
const plant = { usd_per_unit: 0.5, orders_per_day: 1, ports: ['P1'], customers: null };
const small: BrunelTables = {
  orders: [
    { order_id: '1', customer: 'A', product_id: 'x', unit_quantity: 10, weight_kg: 3 },
    { order_id: '2', customer: 'B', product_id: 'x', unit_quantity: 20, weight_kg: 4 },
    { order_id: '3', customer: 'B', product_id: 'x', unit_quantity: 30, weight_kg: 5 },
  ],
  rates: [{ ...rate, minimum_kg: 0, maximum_kg: 10, minimum_usd: 4, usd_per_kg: 1 }],
  plants: [
    { ...plant, id: 'W1', products: new Set(['x']) },
    { ...plant, id: 'W2', usd_per_unit: 1, products: new Set(['x']), customers: new Set(['B']) },
    { ...plant, id: 'W3', products: new Set() },
  ],
};
const dates = Array.from({ length: 50 }, (_, day) => {
  return new Temporal.PlainDate(2026, 3, 10).add({ days: day }).toString();
});
const options = { multiple: 1, pickup_date: '2026-03-20', closed_dates: dates };

describe('the bands of a rate card', () => {
  test('charge what the cheapest row charges, at every weight', () => {
    const kilograms = fc.integer({ min: 0, max: 40 }).map((grams) => grams / 1000);
    const row = fc
      .record({
        minimum_kg: kilograms,
        width: kilograms,
        minimum_usd: fc.integer({ min: 0, max: 30 }).map((cents) => cents / 100),
        usd_per_kg: fc.integer({ min: 1, max: 900 }),
      })
      .map(({ width, ...rest }) => ({ ...rest, maximum_kg: rest.minimum_kg + width }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), kilograms, (rows, kg) => {
        const held = rows.filter((r) => r.minimum_kg <= kg && kg <= r.maximum_kg + 1e-12);
        const least = Math.min(...held.map((r) => Math.max(r.minimum_usd, r.usd_per_kg * kg)));

        const band = cheapestBands(rows).find(({ to_milligrams }) => kg * 1e6 <= to_milligrams);

        const found = band?.rate ?? null;
        const price = found ? Math.max(found.minimum_usd, found.usd_per_kg * kg) : Infinity;
        if (least === Infinity) expect(price).toBe(Infinity);
        else expect(price).toBeCloseTo(least, 9);
      }),
    );
  });

  test('leave a gap unsold and merge neighbours', () => {
    const rows = [
      { minimum_kg: 0, maximum_kg: 1, minimum_usd: 5, usd_per_kg: 1 },
      { minimum_kg: 1.01, maximum_kg: 2, minimum_usd: 5, usd_per_kg: 1 },
    ];

    const bands = cheapestBands(rows);

    expect(bands).toEqual([
      { to_milligrams: 1_000_000, rate: rows[0] },
      { to_milligrams: 1_009_999, rate: null },
      { to_milligrams: 2_000_000, rate: rows[1] },
    ]);
  });
});

describe('the conversion', () => {
  test('makes a sound network with the published capacities', () => {
    const network = toNetwork(small, { ...options, multiple: 7 });

    expect(validateNetwork(network)).toEqual({ network });
    expect(network.warehouses.map((row) => row.parcels_per_day)).toEqual([7, 7, 7]);
    expect(network.services[0]?.pickup_holidays).not.toContain(options.pickup_date);
  });

  test('stocks a plant for the customers it may serve, and no others', () => {
    const stock = toStock(small).map((row) => `${row.warehouse_id} ${row.sku_id}`);

    expect(stock).toEqual(['W1 x@A', 'W1 x@B', 'W2 x@B']);
  });

  test('lets one day of capacity count, whatever the hour', () => {
    for (const hour of ['00:00:00', '11:59:59', '23:59:59']) {
      const at = Temporal.Instant.from(`2026-03-18T${hour}Z`).epochMilliseconds / 1000;

      const { outcomes } = replayOffline(small, 1, at);

      expect(outcomes).toEqual(['W1', 'W2', 'no_capacity']);
    }
  });
});

/** All orders in file order through the decision library, each seeing what the last one took. */
function replayOffline(tables: BrunelTables, multiple: number, at_seconds: number) {
  const network = toNetwork(tables, { ...options, multiple });
  const compiled = compileNetwork(network, { from_seconds: at_seconds - (at_seconds % 86_400) });
  const stock = toStock(tables).map(({ warehouse_id, sku_id, quantity }, index) => {
    return { stock_id: index + 1, warehouse_id, sku_id, available: quantity };
  });
  const board = openBoard(compiled, stock, []);
  let cost = 0;
  const outcomes = toOrders(tables).map(({ destination, lines }) => {
    const result = source(compiled, board, { at_seconds, destination, lines }, { work: 1e6 });
    if (result.outcome === 'unsourced') return result.reason;
    take(board, result);
    cost += result.cost;
    return result.parcels[0]!.warehouse_id;
  });
  return { outcomes, cost_usd: cost / 100 };
}

const folder = findBrunelFolder();

// The data are not part of the repository; without them there is nothing to compare with.
describe.skipIf(folder === null)('the published tables', () => {
  const tables = folder === null ? small : readBrunelTables(folder);
  const at = Temporal.Instant.from('2026-03-18T23:30:00Z').epochMilliseconds / 1000;

  test('hold what their description says', () => {
    const counts = choicesOf(tables).map((choices) => choices.length);

    expect(tables.orders).toHaveLength(9215);
    expect([1, 2, 3].map((n) => counts.filter((count) => count === n).length)).toEqual([
      7387, 1580, 248,
    ]);
    expect(new Set(tables.orders.map(skuIdOf)).size).toBe(1684);
    expect(validateNetwork(toNetwork(tables, options))).toHaveProperty('network');
  });

  test('leave greedy with 24 orders at 7 times the capacities, and none at 7.5 times', () => {
    const tight = serveGreedily(tables, 7);
    const loose = serveGreedily(tables, 7.5);

    expect(tight.unserved).toBe(24);
    expect(loose.unserved).toBe(0);
    expect(loose.cost_usd).toBeCloseTo(15_520_312.88, 1);
  });

  test('come out of the engine as plain arithmetic says, but for the rounding to cents', () => {
    for (const multiple of [7, 7.5]) {
      const expected = serveGreedily(tables, multiple);

      const { outcomes, cost_usd } = replayOffline(tables, multiple, at);

      const unserved = outcomes.filter((outcome) => outcome === 'no_capacity').length;
      expect(unserved).toBe(expected.unserved);
      // Freight and handling of 9,215 parcels are each rounded to a cent.
      expect(Math.abs(cost_usd - expected.cost_usd)).toBeLessThan(20);
    }
  }, 30_000);
});
