/**
 * Replays the Brunel orders through the HTTP interface of a Portolan: 9,215 real orders against 19
 * warehouses at 7 times their published capacities. Prints what happened as one JSON line.
 *
 *   npm run replay:brunel                                     # starts an engine to throw away
 *   PORTOLAN_URL=… PORTOLAN_KEY=… npm run replay:brunel       # on a running, empty one (operator key)
 */
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/runtime/clock.ts';
import { client, type Send, sideBySide } from './client.ts';
import { type BrunelStock, toNetwork, toOrders, toStock } from './convert.ts';
import { capacitiesAt, serveGreedily } from './model.ts';
import { type BrunelTables, findBrunelFolder, readBrunelTables } from './tables.ts';
import { type RunningEngine, startThrowAwayEngine } from './throw-away-engine.ts';

const MULTIPLE = Number(process.env.BRUNEL_MULTIPLE ?? 7);
/** Longest wait for the last decision. */
const DECIDE_SECONDS = 600;
const PAGE = 500;
const ADJUSTMENT_LINES = 200;
const ADJUSTMENT_UNITS = 1_000_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = findBrunelFolder();
  if (folder === null) {
    const skipped =
      'the Brunel tables are not here: set PORTOLAN_SHARED_DATA to the folder above them';
    print({ example: 'brunel', skipped });
    return 0;
  }
  const tables = readBrunelTables(folder);
  const engine = await openEngine();
  try {
    const result = await replay(engine, tables);
    print(result);
    return result.ok ? 0 : 1;
  } finally {
    await engine.stop();
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function openEngine(): Promise<Omit<RunningEngine, 'audit'> & Partial<RunningEngine>> {
  const { PORTOLAN_URL: url, PORTOLAN_KEY: operator_key } = process.env;
  if (url !== undefined && operator_key !== undefined) {
    return { url, operator_key, stop: async () => {} };
  }
  say('starting an engine to throw away');
  return await startThrowAwayEngine();
}

async function replay(engine: Awaited<ReturnType<typeof openEngine>>, tables: BrunelTables) {
  const operator = client(engine.url, engine.operator_key);
  const applied = await operator<{ version: number }>('PUT', '/v1/network', networkNow(tables));
  say(`network applied as version ${applied.version}`);
  const keyOf = async (role: string, party_id: string) => {
    const { key } = await operator<{ key: string }>('POST', '/v1/keys', { role, party_id });
    return client(engine.url, key);
  };
  await postStock(toStock(tables), (warehouse_id) => keyOf('warehouse', warehouse_id));
  const platform = await keyOf('platform', 'brunel');
  const started = performance.now();
  await postOrders(platform, tables);
  const posted = performance.now();
  await untilDecided(platform);
  const decided = performance.now();
  const orders = await listOrders(platform);
  const decisions = await readDecisions(platform, orders);
  const audit = engine.audit?.() ?? null;
  if (audit?.clean === false) say(audit.report);
  const seconds = { post: (posted - started) / 1000, decide: (decided - started) / 1000 };
  return report(tables, { orders, decisions, seconds, audit: audit?.clean ?? null });
}

/** The network with its one day of pickups the day after tomorrow: the same at any hour, and past
 * midnight too, and no other day within all that the engine looks ahead. */
function networkNow(tables: BrunelTables) {
  const today = systemClock.now().toZonedDateTimeISO('UTC').toPlainDate();
  const closed_dates = Array.from({ length: 70 }, (_, day) =>
    today.add({ days: day - 7 }).toString(),
  );
  const pickup_date = today.add({ days: 2 }).toString();
  return toNetwork(tables, { multiple: MULTIPLE, pickup_date, closed_dates });
}

async function postStock(
  stock: readonly BrunelStock[],
  keyOf: (warehouse_id: string) => Promise<Send>,
): Promise<void> {
  const pieces = stock.flatMap((row) => {
    const count = Math.ceil(row.quantity / ADJUSTMENT_UNITS);
    return Array.from({ length: count }, (_, piece) => {
      const on_hand = Math.min(ADJUSTMENT_UNITS, row.quantity - piece * ADJUSTMENT_UNITS);
      return { ...row, piece, on_hand };
    });
  });
  for (const [warehouse_id, rows] of Map.groupBy(pieces, (row) => row.warehouse_id)) {
    const warehouse = await keyOf(warehouse_id);
    // A SKU of more units than one line may add comes in several adjustments.
    for (const [piece, group] of Map.groupBy(rows, (row) => row.piece)) {
      for (let from = 0; from < group.length; from += ADJUSTMENT_LINES) {
        const lines = group.slice(from, from + ADJUSTMENT_LINES).map(({ sku_id, on_hand }) => {
          return { sku_id, on_hand, reason: 'opening stock' };
        });
        const adjustment_ref = `opening-${piece}-${from}`;
        await warehouse('POST', '/v1/stock/adjustments', { adjustment_ref, lines });
      }
    }
  }
  say(`stock posted: ${stock.length} rows`);
}

interface BulkAnswer {
  readonly results: readonly { readonly status: string }[];
}

async function postOrders(platform: Send, tables: BrunelTables): Promise<void> {
  const answer = await platform<BulkAnswer>('POST', '/v1/orders/bulk', toOrders(tables));
  const refused = answer.results.filter((result) => result.status === 'refused');
  if (refused.length > 0) {
    throw new Error(`${refused.length} orders were refused, first ${JSON.stringify(refused[0])}`);
  }
  say(`orders posted: ${answer.results.length}`);
}

interface ListedOrder {
  readonly order_id: string;
  readonly external_ref: string;
  readonly state: string;
}
interface OrderPage {
  readonly orders: readonly ListedOrder[];
  readonly next_cursor: string | null;
}

async function untilDecided(platform: Send): Promise<void> {
  for (let waited = 0; waited < DECIDE_SECONDS * 4; waited += 1) {
    const page = await platform<OrderPage>('GET', '/v1/orders?state=accepted&limit=1');
    if (page.orders.length === 0) return;
    await pause(250);
  }
  throw new Error(`orders are still undecided after ${DECIDE_SECONDS} s`);
}

async function listOrders(platform: Send): Promise<ListedOrder[]> {
  const orders: ListedOrder[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: OrderPage = await platform('GET', `/v1/orders?limit=${PAGE}${more}`);
    orders.push(...page.orders);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return orders;
}

interface Decision {
  readonly plan: Plan | null;
  readonly late: boolean;
  /** True when deciding again from what was stored gave the same plan. */
  readonly replayed: boolean | null;
}
interface Plan {
  readonly cost: number;
  readonly parcels: readonly { readonly warehouse_id: string; readonly pickup_at: string }[];
}

/** The plans of all orders that have one: what each costs and from where it leaves. */
async function readDecisions(platform: Send, orders: readonly ListedOrder[]): Promise<Decision[]> {
  const served = orders.filter(isServed);
  say(`orders decided: ${served.length} of ${orders.length}; reading their plans`);
  return await sideBySide(served, 8, (order) =>
    platform<Decision>('GET', `/v1/orders/${order.order_id}/decision`),
  );
}

function isServed(order: ListedOrder): boolean {
  return !['accepted', 'backordered', 'unfillable', 'cancelled', 'failed'].includes(order.state);
}

interface Outcome {
  readonly orders: readonly ListedOrder[];
  readonly decisions: readonly Decision[];
  readonly seconds: { readonly post: number; readonly decide: number };
  readonly audit: boolean | null;
}

function report(tables: BrunelTables, { orders, decisions, seconds, audit }: Outcome) {
  const plans = decisions.flatMap((decision) => decision.plan ?? []);
  const greedy = serveGreedily(tables, MULTIPLE);
  const sameOrder = serveGreedily(inOrderOfAcceptance(tables, orders), MULTIPLE);
  const used = new Map<string, number>();
  for (const { warehouse_id } of plans.flatMap((plan) => plan.parcels)) {
    used.set(warehouse_id, (used.get(warehouse_id) ?? 0) + 1);
  }
  const limits = capacitiesAt(tables, MULTIPLE);
  const exceeded = tables.plants
    .filter((plant, index) => (used.get(plant.id) ?? 0) > limits[index]!)
    .map((plant) => plant.id);
  const pickups = new Set(plans.flatMap((plan) => plan.parcels.map((one) => one.pickup_at)));
  const cents = plans.reduce((total, plan) => total + plan.cost, 0);
  const ok = exceeded.length === 0 && pickups.size === 1 && audit !== false;
  return {
    example: 'brunel',
    capacity_multiple: MULTIPLE,
    orders: orders.length,
    decided: plans.length,
    unserved: orders.length - plans.length,
    cost_usd: round(cents / 100, 2),
    greedy: { ...greedy, cost_usd: round(greedy.cost_usd, 2) },
    greedy_in_order_of_acceptance: { ...sameOrder, cost_usd: round(sameOrder.cost_usd, 2) },
    late: decisions.filter((decision) => decision.late).length,
    replayed: decisions.filter((decision) => decision.replayed).length,
    capacities_exceeded: exceeded,
    pickup_days: pickups.size,
    audit_clean: audit,
    post_seconds: round(seconds.post, 2),
    decide_seconds: round(seconds.decide, 2),
    orders_per_second: round(orders.length / seconds.decide, 0),
    ok: ok && orders.length === tables.orders.length,
  };
}

/** Ids ascend with acceptance; concurrent intake may accept rows of a bulk in another order. */
function inOrderOfAcceptance(tables: BrunelTables, orders: readonly ListedOrder[]): BrunelTables {
  const byRef = new Map(orders.map((order) => [order.external_ref, order.order_id]));
  const idOf = toOrders(tables).map(({ external_ref }) => byRef.get(external_ref) ?? '');
  const places = idOf.map((_, place) => place);
  const sorted = places.toSorted((a, b) => (idOf[a]! < idOf[b]! ? -1 : 1));
  return { ...tables, orders: sorted.map((place) => tables.orders[place]!) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
