/** Stock that an order must not be given is as good as not there: for it, and for nobody else. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkPlan, compileNetwork, openBoard, source } from '../../routing/index.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld } from './small-world.ts';

const SEED = seedOf(20261125);
const BUDGET = { work: 50_000_000 };

const shapes = fc.record({
  seed: fc.integer({ min: 0, max: 1 << 30 }),
  warehouses: fc.integer({ min: 1, max: 5 }),
  services: fc.integer({ min: 1, max: 4 }),
  skus: fc.integer({ min: 2, max: 5 }),
  lines: fc.integer({ min: 1, max: 5 }),
  scarce: fc.boolean(),
});

it(`decides as if excluded stock were not there (seed ${SEED})`, () => {
  let changed = 0;
  fc.assert(
    fc.property(shapes, ({ seed, ...shape }) => {
      const { network: document, stock, capacity, order } = aWorld(seed, shape);
      const horizon = { from_seconds: order.at_seconds, horizon_days: 30 };
      const network = compileNetwork(document, horizon);
      const gone = stock.filter((_, index) => index % 3 === seed % 3);
      const names = new Set(gone.map((row) => `${row.warehouse_id} ${row.sku_id}`));
      const left = stock.filter((row) => !names.has(`${row.warehouse_id} ${row.sku_id}`));
      const excluded_stock = gone.map(({ warehouse_id, sku_id }) => ({ warehouse_id, sku_id }));
      const board = openBoard(network, stock, capacity);
      const before = source(network, board, order, BUDGET);

      const barred = source(network, board, { ...order, excluded_stock }, BUDGET);

      const truth = source(network, openBoard(network, left, capacity), order, BUDGET);
      const { work: _barred, ...got } = barred;
      const { work: _truth, ...expected } = truth;
      expect(got).toEqual(expected);
      expect(source(network, board, order, BUDGET)).toEqual(before);
      if (JSON.stringify(before) !== JSON.stringify(barred)) changed += 1;
      if (before.outcome !== 'sourced' || barred.outcome !== 'sourced') return;
      const checked = { network: document, stock, capacity, order: { ...order, excluded_stock } };
      expect(checkPlan({ ...checked, plan: barred })).toEqual([]);
      const takes = before.parcels.flatMap((parcel) =>
        parcel.takes.map(({ line_no }) => {
          const line = order.lines.find((one) => one.line_no === line_no);
          return `${parcel.warehouse_id} ${line?.sku_id}`;
        }),
      );
      const isBroken = takes.some((take) => names.has(take));
      const rules = checkPlan({ ...checked, plan: before }).map(({ rule }) => rule);
      expect(rules.includes('excluded')).toBe(isBroken);
    }),
    { seed: SEED, numRuns: runs(150) },
  );
  expect(changed).toBeGreaterThan(10);
});
