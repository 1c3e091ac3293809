/**
 * How fast one joint decision is: latency by number of lines and decisions per second over a
 * generated network, and the time to compile a large one. Prints one JSON line per figure.
 */
import { compileNetwork, openBoard, type SourcingOrder, source, take } from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { generateNetwork, generateOrder, generateStock } from './generate-network.ts';
import { openResults } from './results.ts';

const SEED = 20261121;
const BUDGET = { work: 100_000_000 };
const AT = Date.UTC(2026, 10, 18, 9) / 1000;
const WARM_UP = 300;
const ORDERS = 500;
/** Lines per order of an e-commerce mix: share of orders with 1, 2, 3, 4, 5 and 6 lines. */
const MIX = [0.72, 0.15, 0.06, 0.03, 0.02, 0.02];
const MIXED_ORDERS = 5000;

const results = openResults('decide', 'npm run bench:decide -- --record');

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

const network = (() => {
  const document = generateNetwork({
    seed: SEED,
    warehouses: 1000,
    services: 3000,
    zones: 250,
    skus: 1000,
    carriers: 1000,
  });
  return { document, compiled: compileNetwork(document, { from_seconds: AT }) };
})();
const stock = generateStock(network.document, SEED + 1, 0.1);
const random = seededRandom(SEED + 2);

function ordersOf(count: number, lines: () => number): SourcingOrder[] {
  return Array.from({ length: count }, (_, i) =>
    generateOrder(network.document, random, lines(), AT + Math.floor(i / 10)),
  );
}

/** Milliseconds of each decision on one board, in order of size. */
function timesOf(orders: readonly SourcingOrder[]): { times: number[]; optimal: number } {
  const board = openBoard(network.compiled, stock, []);
  let optimal = 0;
  const times = orders.map((order) => {
    const start = performance.now();
    const result = source(network.compiled, board, order, BUDGET);
    const time = performance.now() - start;
    if (result.outcome === 'sourced') {
      take(board, result);
      if (result.proof.kind === 'optimal') optimal++;
    }
    return time;
  });
  return { times: times.sort((a, b) => a - b), optimal };
}

function benchLines(): void {
  // One order to each zone fills the lane tables, as the first minute of a day does.
  for (const zone of network.document.zones) {
    const order = ordersOf(1, () => 1)[0]!;
    const destination = { country: zone.country, postal_code: zone.postal_prefixes![0]! };
    timesOf([{ ...order, destination }]);
  }
  timesOf(ordersOf(WARM_UP, () => random.between(1, 10)));
  for (let lines = 1; lines <= 14; lines++) {
    const { times, optimal } = timesOf(ordersOf(lines <= 10 ? ORDERS : ORDERS / 5, () => lines));
    const target = lines <= 8 ? 20 : 100;
    results.add(`${lines} lines: p50`, quantile(times, 0.5), 'ms', { most: target });
    results.add(`${lines} lines: p99`, quantile(times, 0.99), 'ms', { most: target });
    results.add(`${lines} lines: proved optimal`, optimal / times.length, '', { least: 0.95 });
  }
}

function benchThroughput(): void {
  const lines = (): number => {
    const drawn = random.next();
    let below = 0;
    for (let i = 0; i < MIX.length; i++) {
      below += MIX[i]!;
      if (drawn < below) return i + 1;
    }
    return MIX.length;
  };
  const mixes: [string, () => number, number][] = [
    ['mix', lines, 2000],
    ['one line', () => 1, 10_000],
  ];
  for (const [name, mix, target] of mixes) {
    const orders = ordersOf(MIXED_ORDERS, mix);
    const board = openBoard(network.compiled, stock, []);
    const start = performance.now();
    for (const order of orders) {
      const result = source(network.compiled, board, order, BUDGET);
      if (result.outcome === 'sourced') take(board, result);
    }
    const perSecond = (orders.length / (performance.now() - start)) * 1000;
    results.add(`decisions, ${name}`, perSecond, '1/s', { least: target });
  }
}

function benchCompile(): void {
  const large = generateNetwork({
    seed: SEED,
    warehouses: 1000,
    services: 10_000,
    zones: 500,
    skus: 1000,
    carriers: 3000,
  });
  globalThis.gc?.();
  const before = process.memoryUsage();
  const start = performance.now();
  const compiled = compileNetwork(large, { from_seconds: AT });
  const time = performance.now() - start;
  const now = process.memoryUsage();
  const size = now.heapUsed + now.arrayBuffers - before.heapUsed - before.arrayBuffers;
  results.add('compile 10,000 services', time, 'ms', { most: 2000 });
  results.add('compiled size', size / 2 ** 20, 'MiB', { most: 200 });
  if (compiled.services.ids.length !== 10_000) throw new Error('Compiled another network');
}

benchLines();
benchThroughput();
benchCompile();
results.save();
