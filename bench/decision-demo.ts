/**
 * Deciding on the network of the demo: real places, services that differ in reach, hours, price and
 * capacity, goods that may not lie everywhere, stock where demand is, and what its shops order. The
 * grid of `decision-world.ts` is made to measure sizes; this one is made to be like a country. It is
 * the generator of `portolan demo`, so what is measured here is what can be looked at there.
 */
import {
  compileNetwork,
  openBoard,
  type SourcingOrder,
  type StockPosition,
  source,
  take,
} from '../routing/index.ts';
import { demandOf, wishOf } from '../src/simulation/demand.ts';
import { generateNetwork } from '../src/simulation/network/generate-network.ts';
import { openingStock } from '../src/simulation/stocking.ts';
import { AT, BUDGET } from './decision-world.ts';
import type { Results } from './results.ts';

const SEED = 1;
const ORDERS = 1_000;
const PASSES = 3;
const TODAY = '2026-11-18';
/** Orders of a day that the shelves are filled for, at scale 1. */
const UNITS_PER_DAY = 2_000;
/** Sizes: 64 warehouses and 1,024 services; 640 and 10,204, nearly all of them everywhere. */
const SCALES = [1, 10];

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
};

/** Compiles, and decides what its shops order, in 424 zones. */
export function benchDemo(results: Results): void {
  for (const scale of SCALES) measureDemo(results, scale, scale === 1 ? '' : `scale ${scale}: `);
}

function measureDemo(results: Results, scale: number, name: string): void {
  const document = generateNetwork({ seed: SEED, scale });
  const began = performance.now();
  const compiled = compileNetwork(document, { from_seconds: AT });
  results.add(`${name}compile`, performance.now() - began, 'ms');
  const demand = demandOf(document, SEED);
  const about = { units_per_day: UNITS_PER_DAY * scale, today: TODAY };
  const stock = positionsOf(openingStock(document, demand, about));
  const orders = Array.from({ length: ORDERS }, (_, number): SourcingOrder => {
    const { destination, lines } = wishOf(demand, number);
    return { at_seconds: AT + number * 10, destination, lines };
  });
  // The first pass fills the lane tables, as the first minutes of a day do.
  decideAll(compiled, stock, orders);
  const passes = Array.from({ length: PASSES }, () => decideAll(compiled, stock, orders));
  // Of each order the quickest: what other processes of the machine take is not the decision's.
  const ms = orders.map((_, i) => Math.min(...passes.map((pass) => pass.ms[i]!)));
  results.add(`${name}p50`, quantile(ms, 0.5), 'ms');
  results.add(`${name}p99`, quantile(ms, 0.99), 'ms', { most: 2 });
  results.add(`${name}sourced`, passes[0]!.sourced / ORDERS, '', { least: 0.9 });
  results.add(`${name}lane tables`, compiled.laneCache.bytes / 1e6, 'MB', { most: 128 });
}

function positionsOf(
  shelves: ReadonlyMap<string, readonly { sku_id: string; quantity: number }[]>,
): StockPosition[] {
  let stock_id = 0;
  return [...shelves].flatMap(([warehouse_id, lines]) =>
    lines.map(({ sku_id, quantity }) => ({
      stock_id: ++stock_id,
      ...{ warehouse_id, sku_id, available: quantity },
    })),
  );
}

/** Decides the orders one after the other on one board. */
function decideAll(
  compiled: ReturnType<typeof compileNetwork>,
  positions: readonly StockPosition[],
  orders: readonly SourcingOrder[],
): { ms: number[]; sourced: number } {
  const board = openBoard(compiled, positions, []);
  let sourced = 0;
  const ms = orders.map((order) => {
    const began = performance.now();
    const result = source(compiled, board, order, BUDGET);
    const took = performance.now() - began;
    if (result.outcome === 'sourced') {
      take(board, result);
      sourced += 1;
    }
    return took;
  });
  return { ms, sourced };
}
