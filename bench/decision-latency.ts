/**
 * How long one joint decision takes, by number of lines, under the work budget of production. All
 * orders are decided several times over on fresh boards, and of each the quickest time counts: what
 * other processes of the machine take is not the decision's.
 */
import { openBoard, type SourcingOrder, source, take } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import {
  BUDGET,
  basketOrder,
  ordersOf,
  readBaskets,
  SEED,
  warmUp,
  world,
} from './decision-world.ts';
import type { Results } from './results.ts';

const ORDERS = 500;
const PASSES = 3;

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
};

interface Timed {
  readonly ms: number[];
  /** Stated gap of each decision that is not proved optimal. */
  readonly gaps: number[];
  readonly sourced: number;
}

/** Decides the orders one after the other on one board. */
function passOver(orders: readonly SourcingOrder[]): Timed {
  const board = openBoard(world.compiled, world.stock, []);
  const [ms, gaps]: [number[], number[]] = [[], []];
  let sourced = 0;
  for (const order of orders) {
    const start = performance.now();
    const result = source(world.compiled, board, order, BUDGET);
    ms.push(performance.now() - start);
    if (result.outcome === 'unsourced') continue;
    take(board, result);
    sourced++;
    if (result.proof.kind === 'bounded') gaps.push(result.proof.gap);
  }
  return { ms, gaps, sourced };
}

function timesOf(orders: readonly SourcingOrder[]): Timed {
  const passes = Array.from({ length: PASSES }, () => passOver(orders));
  const ms = orders.map((_, i) => Math.min(...passes.map((pass) => pass.ms[i]!)));
  return { ...passes[0]!, ms };
}

function report(results: Results, name: string, timed: Timed, most: number): void {
  results.add(`${name}: p50`, quantile(timed.ms, 0.5), 'ms');
  results.add(`${name}: p99`, quantile(timed.ms, 0.99), 'ms', { most });
  const proved = 1 - timed.gaps.length / timed.sourced;
  results.add(`${name}: proved optimal`, proved, '', { least: 1 });
}

/** Latency of generated orders of 1 to 14 lines and of real baskets. */
export function benchLatency(results: Results): void {
  const random = seededRandom(SEED + 2);
  warmUp(random);
  for (let lines = 1; lines <= 14; lines++) {
    const timed = timesOf(ordersOf(random, ORDERS, () => lines));
    report(results, `${lines} lines`, timed, lines <= 8 ? 2 : 20);
  }
  const baskets = readBaskets();
  if (baskets === undefined) {
    console.error('skipped: baskets are measured only with ../shared/data/baskets/groceries.csv');
    return;
  }
  const orders = (fit: (basket: readonly number[]) => boolean) =>
    baskets.filter(fit).map((basket, i) => basketOrder(random, basket, i));
  const small = orders((basket) => basket.length <= 8).slice(0, 4 * ORDERS);
  report(results, 'baskets to 8 lines', timesOf(small), 2);
  const middle = orders((basket) => basket.length > 8 && basket.length <= 14);
  report(results, 'baskets of 9 to 14 lines', timesOf(middle), 20);
  const cut = baskets.filter((basket) => basket.length >= 14).map((basket) => basket.slice(0, 14));
  const full = timesOf(cut.map((basket, i) => basketOrder(random, basket, i)));
  report(results, 'baskets of 14 lines', full, 20);
  reportLarge(results, timesOf(orders((basket) => basket.length > 14)));
}

function reportLarge(results: Results, large: Timed): void {
  const name = 'baskets beyond 14 lines';
  results.add(`${name}: p50`, quantile(large.ms, 0.5), 'ms');
  results.add(`${name}: p99`, quantile(large.ms, 0.99), 'ms');
  results.add(`${name}: proved optimal`, 1 - large.gaps.length / large.sourced, '');
  const sum = large.gaps.reduce((all, gap) => all + gap, 0);
  results.add(`${name}: stated gap, mean`, sum / large.sourced, '');
  results.add(`${name}: stated gap, most`, Math.max(0, ...large.gaps), '');
}
