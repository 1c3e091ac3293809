/**
 * How many orders per second go from HTTP to "assignment visible to its carrier", one by one and in
 * bulk, beside what PostgreSQL itself commits of minimal order transactions on the same database in
 * the same run. The ratio is the figure; absolute numbers differ by machine.
 */

import { type Random, seededRandom } from '../src/simulation/random.ts';
import { type FlowEngine, startFlowEngine } from './flow-engine.ts';
import { type HttpAnswer, openConnection } from './http-connection.ts';
import { measureYardstick } from './pgbench.ts';
import { openResults } from './results.ts';

const SINGLE_ORDERS = 30_000;
const SINGLE_CONNECTIONS = 128;
const BULK_ORDERS = 40_000;
const BULK_SIZE = 2000;
const YARDSTICK_SECONDS = 8;
/** What is measured is an engine that has run for some seconds: until then its code is interpreted. */
const WARM_UP_ORDERS = 12_000;
const FLOOR = 0.6;
const BACK_OFF_MS = 250;
/** Lines per order: the mix of an ordinary shop. */
const LINE_SHARES = [0.905, 0.978, 0.99, 1];

interface Figures {
  readonly orders_per_second: number;
  readonly posted_ms: readonly number[];
  readonly visible_ms: readonly number[];
}

const results = openResults('flow', 'npm run bench:flow -- --record');
const engine = await startFlowEngine();
try {
  const before = await measureYardstick(engine.database_url, YARDSTICK_SECONDS);
  const feed = watchCarriers(engine);
  await postSingles(engine, feed, 'warm', WARM_UP_ORDERS);
  const single = await postSingles(engine, feed, 'single', SINGLE_ORDERS);
  const bulk = await postBulks(engine, feed, BULK_ORDERS);
  await feed.stop();
  const after = await measureYardstick(engine.database_url, YARDSTICK_SECONDS);
  const tps = (before.tps + after.tps) / 2;
  results.add('pgbench, minimal order transaction', tps, 'tps');
  report('one by one', single, tps);
  report('in bulk', bulk, tps);
  results.save();
} finally {
  await engine.stop();
}

function report(name: string, figures: Figures, tps: number): void {
  results.add(`${name}: orders`, figures.orders_per_second, 'orders/s');
  results.add(`${name}: ratio to pgbench`, figures.orders_per_second / tps, '', { least: FLOOR });
  for (const [what, times] of [
    ['answered', figures.posted_ms],
    ['visible', figures.visible_ms],
  ] as const) {
    results.add(`${name}: ${what} p50`, quantile(times, 0.5), 'ms');
    results.add(`${name}: ${what} p99`, quantile(times, 0.99), 'ms');
  }
}

function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

/** When each order, by its reference, became visible to its carrier. */
interface Feed {
  readonly visibleAt: Map<string, number>;
  waitFor(count: number): Promise<void>;
  stop(): Promise<void>;
}

function watchCarriers({ origin, carrier_keys }: FlowEngine): Feed {
  const visibleAt = new Map<string, number>();
  let running = true;
  const follow = async (key: string) => {
    const connection = await openConnection(origin, key);
    let cursor = '';
    while (running) {
      const query = `limit=500&wait=1${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { status, body } = await connection.send('GET', `/v1/assignments?${query}`);
      if (status !== 200) throw new Error(`assignments: ${status} ${body}`);
      const page = JSON.parse(body);
      const now = performance.now();
      for (const { destination } of page.assignments) visibleAt.set(destination.name, now);
      cursor = page.next_cursor ?? cursor;
    }
    connection.close();
  };
  const followers = Promise.all(carrier_keys.map(follow));
  return {
    visibleAt,
    waitFor: async (count) => {
      const end = performance.now() + 120_000;
      while (visibleAt.size < count) {
        if (performance.now() > end) throw new Error(`${visibleAt.size} of ${count} visible`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    stop: async () => {
      running = false;
      await followers;
    },
  };
}

function makeOrder({ network }: FlowEngine, random: Random, external_ref: string) {
  const draw = random.next();
  const count = LINE_SHARES.findIndex((share) => draw < share) + 1;
  const ambient = network.skus.filter((sku) => sku.temperature === undefined && !sku.hazardous);
  const zone = random.pick(network.zones);
  const lines = random.sample(ambient, count).map((sku, index) => ({
    line_no: index + 1,
    sku_id: sku.id,
    quantity: random.between(1, 3),
  }));
  const postal_code = `${zone.postal_prefixes?.[0] ?? ''}9999`;
  return {
    external_ref,
    destination: { name: external_ref, country: zone.country, postal_code },
    lines,
  };
}

async function postSingles(
  flow: FlowEngine,
  feed: Feed,
  name: string,
  count: number,
): Promise<Figures> {
  const random = seededRandom(count);
  // Printed before the clock starts: a shop's own work is none of the engine's.
  const orders = Array.from({ length: count }, (_, i) => {
    const order = makeOrder(flow, random, `${name}-${i}`);
    return { external_ref: order.external_ref, body: JSON.stringify(order) };
  });
  const postedAt = new Map<string, number>();
  const posted_ms: number[] = [];
  const seen = feed.visibleAt.size;
  const start = performance.now();
  let next = 0;
  const shopper = async () => {
    const connection = await openConnection(flow.origin, flow.platform_key);
    for (let order = orders[next++]; order !== undefined; order = orders[next++]) {
      const sent = performance.now();
      postedAt.set(order.external_ref, sent);
      let answer = await connection.send('POST', '/v1/orders', order.body);
      // Enough is waiting to be decided for now: a shop comes again.
      while (answer.status === 503) {
        await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS));
        answer = await connection.send('POST', '/v1/orders', order.body);
      }
      if (answer.status !== 201) throw new Error(`post: ${answer.status} ${answer.body}`);
      posted_ms.push(performance.now() - sent);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: SINGLE_CONNECTIONS }, shopper));
  await feed.waitFor(seen + count);
  return figures(feed, postedAt, posted_ms, start);
}

async function postBulks(flow: FlowEngine, feed: Feed, count: number): Promise<Figures> {
  const random = seededRandom(count);
  const postedAt = new Map<string, number>();
  const posted_ms: number[] = [];
  const bodies = Array.from({ length: Math.ceil(count / BULK_SIZE) }, (_, page) =>
    Array.from({ length: BULK_SIZE }, (_, i) => makeOrder(flow, random, `bulk-${page}-${i}`)),
  );
  const seen = feed.visibleAt.size;
  const start = performance.now();
  const shopper = async () => {
    const connection = await openConnection(flow.origin, flow.platform_key);
    for (let page = bodies.shift(); page !== undefined; page = bodies.shift()) {
      const sent = performance.now();
      for (const order of page) postedAt.set(order.external_ref, sent);
      let rows = page;
      while (rows.length > 0) {
        const answer = await connection.send('POST', '/v1/orders/bulk', JSON.stringify(rows));
        posted_ms.push(performance.now() - sent);
        rows = rowsToPostAgain(rows, answer);
        if (rows.length > 0) await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS));
      }
    }
    connection.close();
  };
  await Promise.all([shopper(), shopper()]);
  await feed.waitFor(seen + postedAt.size);
  return figures(feed, postedAt, posted_ms, start);
}

/** The rows that the engine, having enough to decide for now, asked to be posted again. */
function rowsToPostAgain<T>(rows: readonly T[], { status, body }: HttpAnswer): T[] {
  if (status !== 200) throw new Error(`bulk: ${status} ${body}`);
  const { results } = JSON.parse(body) as { results: { status: string; code?: string }[] };
  return rows.filter((_, index) => {
    const result = results[index];
    if (result?.status === 'applied') return false;
    if (result?.code === 'overloaded') return true;
    throw new Error(`bulk row ${index}: ${JSON.stringify(result)}`);
  });
}

function figures(
  feed: Feed,
  postedAt: ReadonlyMap<string, number>,
  posted_ms: readonly number[],
  start: number,
): Figures {
  let last = start;
  const visible_ms: number[] = [];
  for (const [name, sent] of postedAt) {
    const seen = feed.visibleAt.get(name);
    if (seen === undefined) throw new Error(`order ${name} never became visible`);
    visible_ms.push(seen - sent);
    last = Math.max(last, seen);
  }
  return { orders_per_second: (postedAt.size * 1000) / (last - start), posted_ms, visible_ms };
}
