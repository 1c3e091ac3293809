/**
 * How long a quote takes from memory: the three options that `POST /v1/promises/quote` offers, by the same
 * code, on one board. Each quote is made several times over, and the quickest counts: what other processes
 * of the machine take is not the quote's.
 */
import {
  type CompiledNetwork,
  compileNetwork,
  openBoard,
  quoteOptions,
  type SourcingOrder,
  WAIT_SHARES,
  type WaitInput,
} from '../routing/index.ts';
import { type Random, seededRandom } from '../src/simulation/random.ts';
import { AT, BUDGET, ordersOf, SEED, warmUp, world } from './decision-world.ts';
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

function report(
  results: Results,
  name: string,
  orders: readonly SourcingOrder[],
  network: CompiledNetwork = world.compiled,
): void {
  const board = openBoard(network, world.stock, []);
  const best = orders.map(() => Number.POSITIVE_INFINITY);
  let options = 0;
  let first: number[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    options = 0;
    orders.forEach((order, i) => {
      const start = performance.now();
      const offered = quoteOptions(network, board, order, BUDGET);
      best[i] = Math.min(best[i]!, performance.now() - start);
      options += offered.length;
    });
    if (pass === 0) first = [...best];
  }
  results.add(`${name}: p50`, quantile(best, 0.5), 'ms');
  results.add(`${name}: p99`, quantile(best, 0.99), 'ms', { most: MOST_MS });
  results.add(`${name}: p99 of the first time each is asked for`, quantile(first, 0.99), 'ms');
  results.add(`${name}: options that differ, mean`, options / orders.length, 'options');
}

/** Hours of the week of whose pickups waits are known: ten to seven on five days, UTC. */
const HOURS = Array.from({ length: 5 }, (_, day) =>
  [10, 13, 16, 19].map((at) => day * 24 + at),
).flat();

/** Every warehouse with a wait of its own, and with others in some hours, none like another. */
function waits(random: Random): WaitInput[] {
  const some = () =>
    WAIT_SHARES.map((_, i) => (i < 6 ? 0 : random.between(1, 4 * i) * 900)).sort((a, b) => a - b);
  return world.document.warehouses.flatMap(({ id: warehouse_id }) => [
    { warehouse_id, hours: null, wait_seconds: some() },
    ...HOURS.map((hour) => ({ warehouse_id, hours: [hour], wait_seconds: some() })),
  ]);
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
  const learned = { ...world.document, waits: waits(random) };
  const network = compileNetwork(learned, { from_seconds: AT });
  report(results, 'quote, waits learned', ordersOf(random, QUOTES, mixed), network);
  report(
    results,
    'quote, 1 to 8 lines alike',
    ordersOf(random, QUOTES, () => random.between(1, 8)),
  );
}
