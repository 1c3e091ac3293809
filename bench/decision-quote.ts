/**
 * How long a quote takes from memory: the three options that `POST /v1/promises/quote` offers, by the same
 * code, on one board. Each quote is made several times over, and the quickest counts: what other processes
 * of the machine take is not the quote's.
 */
import { openBoard, quoteOptions, type SourcingOrder } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { BUDGET, ordersOf, SEED, warmUp, world } from './decision-world.ts';
import type { Results } from './results.ts';

const QUOTES = 600;
const PASSES = 3;
/** Share of baskets with 1, 2 and 3 lines in e-commerce; the rest has 4 to 8. */
const MIX = [0.905, 0.978, 0.99];
const MOST_MS = 10;

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ]!;

function report(results: Results, name: string, orders: readonly SourcingOrder[]): void {
  const board = openBoard(world.compiled, world.stock, []);
  const best = orders.map(() => Number.POSITIVE_INFINITY);
  let options = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    options = 0;
    orders.forEach((order, i) => {
      const start = performance.now();
      const offered = quoteOptions(world.compiled, board, order, BUDGET);
      best[i] = Math.min(best[i]!, performance.now() - start);
      options += offered.length;
    });
  }
  results.add(`${name}: p50`, quantile(best, 0.5), 'ms');
  results.add(`${name}: p99`, quantile(best, 0.99), 'ms', { most: MOST_MS });
  results.add(`${name}: options that differ, mean`, options / orders.length, 'options');
}

/** Quotes of the e-commerce mix, and of baskets of 1 to 8 lines alike. */
export function benchQuote(results: Results): void {
  const random = seededRandom(SEED + 5);
  warmUp(random);
  const mixed = (): number => {
    const drawn = random.next();
    const at = MIX.findIndex((share) => drawn < share);
    return at < 0 ? random.between(4, 8) : at + 1;
  };
  report(results, 'quote, e-commerce mix', ordersOf(random, QUOTES, mixed));
  report(
    results,
    'quote, 1 to 8 lines alike',
    ordersOf(random, QUOTES, () => random.between(1, 8)),
  );
}
