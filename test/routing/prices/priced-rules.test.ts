/** Deciding at prices with every rule in use, against the slow truth on small scarce worlds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CapacityPrice,
  checkPlan,
  compileNetwork,
  indexPrices,
  openBoard,
  priceOfPlan,
  type SourcedPlan,
  type StockPrice,
  source,
  sourceAtPrices,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { enumerateBest } from '../enumerate.ts';
import { runs, seedOf } from '../runs.ts';
import { aWorld, type World } from '../small-world.ts';

const SEED = seedOf(71);
const PATIENCE = 120_000;
const BUDGET = { work: 20_000_000 };

/** Prices of up to two slots that the cheapest plan takes. */
function drawCapacity(plan: SourcedPlan, seed: number): CapacityPrice[] {
  const random = seededRandom(seed + 1);
  const slots = new Map(
    plan.parcels
      .flatMap((parcel) => parcel.capacity)
      .map(({ resource, slot_seconds }) => [
        `${resource}@${slot_seconds}`,
        { resource, slot_seconds },
      ]),
  );
  return random
    .sample([...slots.values()], Math.min(random.between(0, 2), slots.size))
    .map((slot) => ({ ...slot, price: random.between(1, 600) }));
}

/** Prices of stock that the cheapest plan uses, and of some that it could use instead. */
function drawStock(world: World, plan: SourcedPlan, seed: number): StockPrice[] {
  const random = seededRandom(seed);
  const taken = new Set(plan.parcels.flatMap((parcel) => parcel.takes.map((one) => one.stock_id)));
  const rows = [
    ...world.stock.filter((row) => taken.has(row.stock_id)),
    ...random.sample(world.stock, Math.min(2, world.stock.length)),
  ];
  return random.sample(rows, Math.min(3, rows.length)).map(({ warehouse_id, sku_id }) => ({
    warehouse_id,
    sku_id,
    price: random.between(1, 600),
  }));
}

/** Lines that leave in more than one parcel. */
function cutLines({ parcels }: SourcedPlan): number {
  const homes = parcels.flatMap(({ takes }) => [...new Set(takes.map((one) => one.line_no))]);
  return homes.length - new Set(homes).size;
}

/** Runs with priced slots count on their own: they are what a branch does without next to stock. */
const tally = {
  capacity: 0,
  optimal: 0,
  bounded: 0,
  cut: 0,
  moved: 0,
  unsourced: 0,
  skipped: 0,
};

function agree({ seed, lines, scarce }: { seed: number; lines: number; scarce: boolean }): void {
  const shape = { warehouses: 3, services: 3, skus: 4, lines, scarce };
  const world = aWorld(seed, shape);
  const network = compileNetwork(world.network, { from_seconds: world.order.at_seconds });
  const board = openBoard(network, world.stock, world.capacity);
  const plain = source(network, board, world.order, BUDGET);
  if (plain.outcome === 'unsourced') {
    tally.unsourced++;
    return;
  }
  const capacity = drawCapacity(plain, seed);
  const prices = indexPrices({ stock: drawStock(world, plain, seed), capacity });
  const chargeOf = new Map(
    capacity.map((row) => [`${row.resource}@${row.slot_seconds}`, row.price]),
  );
  const taken = (list: Iterable<Float64Array | undefined>) =>
    // A slot that nobody uses is as good as none.
    Array.from(list, (slots) => [...(slots ?? []).entries()].filter(([, used]) => used !== 0));
  const state = () =>
    JSON.stringify([
      [...board.lotAvailable],
      [...board.skus.values()],
      [board.parcels, board.services, board.picks].map(taken),
    ]);
  const before = state();
  const plan = sourceAtPrices(network, board, world.order, BUDGET, prices) as SourcedPlan;
  expect(state()).toBe(before);
  // The rules and the money, which is real: prices are in no term of it.
  expect(checkPlan({ ...world, plan })).toEqual([]);
  const total = plan.cost + priceOfPlan(plan, world.order, prices);
  expect(total).toBeLessThanOrEqual(plain.cost + priceOfPlan(plain, world.order, prices));
  expect(cutLines(plan)).toBeLessThanOrEqual(cutLines(plain) === 0 ? 0 : Number.POSITIVE_INFINITY);
  if (JSON.stringify(plan.parcels) !== JSON.stringify(plain.parcels)) {
    tally.moved++;
    if (capacity.length > 0) tally.capacity++;
  }
  if (cutLines(plain) > 0) {
    tally.cut++;
    return;
  }
  const best = enumerateBest(world, ({ subset, warehouse, takes }) => {
    const slots = takes.reduce((sum, [slot, n]) => sum + n * (chargeOf.get(slot) ?? 0), 0);
    return world.order.lines.reduce((sum, line, i) => {
      const price = prices.stock.get(warehouse)?.get(line.sku_id) ?? 0;
      return (subset & (1 << i)) === 0 ? sum : sum + price * line.quantity;
    }, slots);
  });
  if (Number.isNaN(best)) {
    tally.skipped++;
    return;
  }
  expect(total).toBeGreaterThanOrEqual(best);
  if (plain.proof.kind === 'bounded') {
    tally.bounded++;
    return;
  }
  tally.optimal++;
  expect(total).toBe(best);
}

describe('an order with rules, at prices', () => {
  it(
    `gets the plan of least cost plus prices that the checker accepts (seed ${SEED})`,
    () => {
      const worlds = fc.record({
        seed: fc.integer({ min: 0, max: 1 << 30 }),
        lines: fc.integer({ min: 1, max: 4 }),
        scarce: fc.boolean(),
      });
      fc.assert(fc.property(worlds, agree), { seed: SEED, numRuns: runs(150), endOnFailure: true });
      console.log(JSON.stringify({ seed: SEED, ...tally }));
      expect(tally.optimal).toBeGreaterThan(0);
      expect(tally.moved).toBeGreaterThan(0);
      expect(tally.capacity).toBeGreaterThan(0);
    },
    PATIENCE,
  );
});
