/** Decisions per second of one core, one order after the other on one board, by mix of orders. */
import { openBoard, type SourcingOrder, source, take } from '../routing/index.ts';
import { type Random, seededRandom } from '../src/simulation/random.ts';
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

const ORDERS = 20_000;
const BASKETS = 5000;
/** Share of orders with at most so many lines: 90.5 % one, 7.3 % two, 1.2 % three, the rest to 8. */
const LINE_SHARES = [0.905, 0.978, 0.99, 0.992, 0.994, 0.996, 0.998, 1];

const drawLines = (random: Random) => (): number => {
  const drawn = random.next();
  return 1 + LINE_SHARES.findIndex((share) => drawn < share);
};

function perSecond(orders: readonly SourcingOrder[]): { wall: number; thread: number } {
  const board = openBoard(world.compiled, world.stock, []);
  const thread = process.threadCpuUsage();
  const start = performance.now();
  for (const order of orders) {
    const result = source(world.compiled, board, order, BUDGET);
    if (result.outcome === 'sourced') take(board, result);
  }
  const wall = performance.now() - start;
  const used = process.threadCpuUsage(thread);
  const ms = (used.user + used.system) / 1000;
  return { wall: (orders.length / wall) * 1000, thread: (orders.length / ms) * 1000 };
}

/** Decisions per second of the e-commerce mix, of one-line orders and of real baskets. */
export function benchThroughput(results: Results): void {
  const random = seededRandom(SEED + 3);
  warmUp(random);
  const add = (name: string, orders: readonly SourcingOrder[], least?: number): void => {
    const { wall, thread } = perSecond(orders);
    results.add(name, wall, '1/s', least === undefined ? {} : { least });
    results.add(`${name}, per second of the thread`, thread, '1/s');
  };
  add(
    'one line',
    ordersOf(random, ORDERS, () => 1),
  );
  add('e-commerce mix', ordersOf(random, ORDERS, drawLines(random)), 20_000);
  const baskets = readBaskets();
  if (baskets === undefined) {
    console.error('skipped: the grocery mix needs ../shared/data/baskets/groceries.csv');
    return;
  }
  const orders = baskets.slice(0, BASKETS).map((basket, i) => basketOrder(random, basket, i));
  add('grocery mix', orders, 3000);
}
