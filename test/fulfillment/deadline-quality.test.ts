/** Quality steps down by plan as time runs out: exact, then search, then greed, each with its proof. */
import { describe, expect, test } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
import type { OrderToDecide } from '../../db/orders.ts';
import { compileNetwork } from '../../routing/index.ts';
import { decideBatch } from '../../src/fulfillment/decide-batch.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { manualClock } from '../../src/runtime/clock.ts';
import { testConfig } from '../../src/runtime/config.ts';
import { seededRandom } from '../../src/simulation/random.ts';

const START = '2026-11-18T09:00:00Z';
const from_seconds = Date.parse('2026-11-18T00:00:00Z') / 1000;
const document = generateNetwork({
  seed: 9,
  warehouses: 60,
  services: 150,
  zones: 30,
  skus: 120,
  carriers: 40,
});
const network = {
  version: 1,
  transit_version: 0,
  disruption_no: 0,
  document,
  published: document,
  compiled: compileNetwork(document, { from_seconds }),
  skus: new Map(document.skus.map((sku) => [sku.id, sku])),
  warehouses: new Map(document.warehouses.map((row) => [row.id, row])),
};
const stock = generateStock(document, 6, 0.3);

/** One order of 12 lines that has so many milliseconds left, decided with others behind it. */
function decide(left_ms: number, waiting: number) {
  const clock = manualClock(START);
  // Only the clock and the settings of an engine are asked here.
  const engine = { clock, config: testConfig() } as unknown as Engine;
  const { destination, lines } = generateOrder(document, seededRandom(4), 12, from_seconds);
  const accepted_at = clock.now();
  const order = {
    order_id: 'o',
    destination,
    lines: lines.map((line) => ({ ...line, weight_grams: null })),
    deliver_by: null,
    rules: null,
    excluded_warehouses: [],
    excluded_stock: [],
    accepted_at,
    decide_by: accepted_at.add({ milliseconds: left_ms }),
  } as unknown as OrderToDecide;
  const orders = new Array<OrderToDecide>(waiting).fill(order);
  const view = { orders, stock, capacity: [], quoted: new Map(), prices: null, policies: [] };
  const { result, work_budget } = decideBatch(engine, network, view)[0]!;
  if (result.outcome === 'unsourced') throw new Error(result.reason);
  return { method: result.method, proof: result.proof, cost: result.cost, work_budget };
}

describe('an order of many lines', () => {
  test('is decided exactly with time, by search or greed with little, by greed with none', () => {
    const ample = decide(15_000, 1);
    const scarce = decide(260, 100);
    const none = decide(0, 1);

    expect(ample).toMatchObject({ method: 'exact', proof: { kind: 'optimal' } });
    expect(['search', 'greedy']).toContain(scarce.method);
    expect(none).toMatchObject({ method: 'greedy', proof: { kind: 'bounded' }, work_budget: 1 });
    for (const { proof, cost } of [scarce, none]) {
      expect(cost).toBeGreaterThanOrEqual(ample.cost);
      if (proof.kind === 'optimal') continue;
      expect(proof.lower_bound).toBeLessThanOrEqual(ample.cost);
      expect(proof.gap).toBeCloseTo((cost - proof.lower_bound) / proof.lower_bound, 9);
    }
  });

  test('shares the time that is left with the orders that wait behind it', () => {
    expect(decide(15_000, 1).work_budget).toBe(testConfig().solver_work_max);
    expect(decide(1250, 10).work_budget).toBe((1000 / 10) * testConfig().solver_work_per_ms);
  });
});
