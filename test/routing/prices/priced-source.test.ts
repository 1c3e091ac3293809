/** Deciding one order at the prices of contended stock. */
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../../bench/generate-network.ts';
import {
  compileNetwork,
  indexPrices,
  openBoard,
  priceOfPlan,
  type SourcingOrder,
  type StockPosition,
  type StockPrice,
  source,
  sourceAtPrices,
} from '../../../routing/index.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';

const SEED = seedOf(53);
const from_seconds = Date.UTC(2026, 10, 18, 9) / 1000;
const document = generateNetwork({
  seed: 8,
  warehouses: 12,
  services: 40,
  zones: 8,
  skus: 30,
  carriers: 10,
});
const network = compileNetwork(document, { from_seconds });
const stock = generateStock(document, 9, 0.35);
const BUDGET = { work: 1e8 };
/** Priced pairs that the slow truth goes through: every set of them is forbidden once. */
const PRICED = 6;

const isPair = (pair: StockPrice) => (row: StockPosition) =>
  row.warehouse_id === pair.warehouse_id && row.sku_id === pair.sku_id;

/** Prices on some of the stock that the order could use. */
function drawPrices(order: SourcingOrder, seed: number): StockPrice[] {
  const random = seededRandom(seed);
  const skus = new Set(order.lines.map((line) => line.sku_id));
  const usable = stock.filter((row) => skus.has(row.sku_id));
  const pairs = new Map(usable.map((row) => [`${row.warehouse_id} ${row.sku_id}`, row]));
  // The cheapest plan's own stock first: prices elsewhere would change nothing.
  const plan = source(network, openBoard(network, stock, []), order, BUDGET);
  const taken = plan.outcome === 'sourced' ? plan.parcels.flatMap((p) => p.takes) : [];
  const own = [...pairs.values()].filter((row) =>
    taken.some((take) => stock.find((s) => s.stock_id === take.stock_id)?.sku_id === row.sku_id),
  );
  return random.sample(own.length > 0 ? own : [...pairs.values()], PRICED).map((row) => ({
    warehouse_id: row.warehouse_id,
    sku_id: row.sku_id,
    price: random.between(1, 400),
  }));
}

/** Least cost plus prices over every set of priced stock done without. */
function slowTruth(order: SourcingOrder, prices: readonly StockPrice[]): number {
  const indexed = indexPrices({ stock: prices });
  let least = Number.POSITIVE_INFINITY;
  for (let set = 0; set < 2 ** prices.length; set++) {
    const forbidden = prices.filter((_, i) => (set & (1 << i)) !== 0);
    const left = stock.filter((row) => !forbidden.some((pair) => isPair(pair)(row)));
    const plan = source(network, openBoard(network, left, []), order, BUDGET);
    if (plan.outcome === 'unsourced') continue;
    least = Math.min(least, plan.cost + priceOfPlan(plan, order, indexed));
  }
  return least;
}

describe('an order at prices', () => {
  it(`gets the plan of least cost plus prices (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let moved = 0;
    for (let run = 0; run < runs(40); run++) {
      const order = generateOrder(document, random, random.between(1, 3), from_seconds);
      const prices = drawPrices(order, SEED + run);
      const indexed = indexPrices({ stock: prices });
      const board = openBoard(network, stock, []);
      const plan = sourceAtPrices(network, board, order, BUDGET, indexed);
      const plain = source(network, board, order, BUDGET);
      if (plan.outcome === 'unsourced' || plain.outcome === 'unsourced') {
        expect(plan.outcome).toBe(plain.outcome);
        continue;
      }
      const priced = plan.cost + priceOfPlan(plan, order, indexed);
      expect(priced).toBe(slowTruth(order, prices));
      expect(plan.cost).toBeGreaterThanOrEqual(plain.cost);
      if (plan.proof.kind === 'bounded') {
        expect(plan.proof.lower_bound * (1 + plan.proof.gap)).toBeCloseTo(plan.cost, 6);
      }
      if (JSON.stringify(plan.parcels) !== JSON.stringify(plain.parcels)) moved += 1;
      // The same again, on a board that was left as it was.
      expect(sourceAtPrices(network, board, order, BUDGET, indexed)).toEqual(plan);
    }
    expect(moved).toBeGreaterThan(0);
  });

  it('is the plain decision where nothing it uses is priced', () => {
    const random = seededRandom(SEED + 1);
    const elsewhere = indexPrices({
      stock: [{ warehouse_id: 'nowhere', sku_id: 'none', price: 1e6 }],
    });
    for (let run = 0; run < runs(20); run++) {
      const order = generateOrder(document, random, 2, from_seconds);
      const board = openBoard(network, stock, []);
      const plain = source(network, board, order, BUDGET);
      expect(sourceAtPrices(network, board, order, BUDGET, undefined)).toEqual(plain);
      expect(sourceAtPrices(network, board, order, BUDGET, elsewhere)).toEqual(plain);
    }
  });

  it('still sends the only units there are, whatever their price', () => {
    const random = seededRandom(SEED + 2);
    const order = generateOrder(document, random, 1, from_seconds);
    const only = stock.find(
      (row) =>
        row.sku_id === order.lines[0]!.sku_id &&
        source(network, openBoard(network, [row], []), order, BUDGET).outcome === 'sourced',
    )!;
    const board = openBoard(network, [only], []);
    const prices = indexPrices({ stock: [{ ...only, price: 1e9 }] });
    const plan = sourceAtPrices(network, board, order, BUDGET, prices);
    expect(plan.outcome).toBe('sourced');
    expect(sourceAtPrices(network, board, order, { work: 0 }, prices).outcome).toBe('sourced');
  });
});
