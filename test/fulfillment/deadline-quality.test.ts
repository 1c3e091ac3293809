/** Quality steps down by plan as time runs out: exact, then search, then greed, each with its proof. */
import { describe, expect, test } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
import type { OrderToDecide } from '../../db/orders.ts';
import { compileNetwork, openBoard, source } from '../../routing/index.ts';
import { decideBatch } from '../../src/fulfillment/decide-batch.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { type Clock, manualClock } from '../../src/runtime/clock.ts';
import { type Config, testConfig } from '../../src/runtime/config.ts';
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

/** How much time there is, and for whom. */
interface Rush {
  /** Until the deadline of every order. */
  readonly left_ms: number;
  /** Orders of 12 lines in the batch. */
  readonly orders: number;
  /** Orders that wait behind it; default none. */
  readonly behind?: number;
  readonly config?: Partial<Config>;
  readonly clock?: Clock;
}

/** Decides a batch of equal orders. */
function decideRush({ left_ms, orders: number, behind = 0, config, clock }: Rush) {
  // Only the clock and the settings of an engine are asked here.
  const engine = { clock: clock ?? manualClock(START), config: testConfig(config) };
  const { destination, lines } = generateOrder(document, seededRandom(4), 12, from_seconds);
  const accepted_at = Temporal.Instant.from(START);
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
  const orders = new Array<OrderToDecide>(number).fill(order);
  const view = {
    ...{ orders, waiting: number + behind, stock, capacity: [] },
    ...{ quoted: new Map(), prices: null, policies: [] },
  };
  return decideBatch(engine as unknown as Engine, network, view);
}

/** The first order of a batch. */
function decide(left_ms: number, orders: number, rush: Partial<Rush> = {}) {
  const { result, work_budget, problem } = decideRush({ left_ms, orders, ...rush })[0]!;
  if (result.outcome === 'unsourced') throw new Error(result.reason);
  const { method, proof, cost } = result;
  return { method, proof, cost, work_budget, result, problem };
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

  test('shares half of the time that is left with the orders that wait, in its batch and behind', () => {
    const { solver_work_per_ms, solver_work_max } = testConfig();
    expect(decide(15_000, 1).work_budget).toBe(solver_work_max);
    expect(decide(1250, 10).work_budget).toBe((1000 / 10 / 2) * solver_work_per_ms);
    expect(decide(1250, 10, { behind: 40 }).work_budget).toBe((1000 / 50 / 2) * solver_work_per_ms);
  });

  test('does not hold up those before it: a batch is stored when it has been solved for so long', () => {
    const rush = { left_ms: 15_000, orders: 400, config: { decide_batch_ms: 1 } };
    const decided = decideRush(rush);
    expect(decided.length).toBeGreaterThan(0);
    expect(decided.length).toBeLessThan(400);
    expect(decided.map(({ position }) => position)).toEqual(decided.map((_, i) => i));
  });

  test('whose time runs out while it is being solved is decided greedily, so that it replays', () => {
    const start = Date.parse(START);
    let asked = 0;
    const clock = {
      ...manualClock(START),
      // The time is up soon after its share was worked out.
      milliseconds: () => start + (++asked > 6 ? 14_900 : 0),
    };
    const { result, problem, work_budget } = decide(15_000, 1, { clock });

    expect(work_budget).toBe(1);
    const board = openBoard(network.compiled, stock, []);
    expect(result).toEqual(source(network.compiled, board, problem, { work: work_budget }));
    expect(result.method).toBe('greedy');
  });
});
