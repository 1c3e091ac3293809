/**
 * ACCEPT: stores a batch of orders in one transaction. An order is acknowledged only after the
 * commit that holds it; from then on it exists and has a next step, whatever is killed.
 */
import { hash } from 'node:crypto';
import { inTransaction, type Tx, together } from '../../db/database.ts';
import { appendEvents, type NewEvent } from '../../db/journal.ts';
import {
  type AcceptedRow,
  type Backlog,
  insertOrderLines,
  insertOrders,
  listOrdersByRef,
  type NewOrder,
  type NewOrderLine,
} from '../../db/orders.ts';
import { hexBytes } from '../../db/rows.ts';
import type { AcceptedOrder, AcceptOrder, RowResult } from '../domain/commands.ts';
import type { Fault, RefusalCode } from '../domain/errors.ts';
import { instantPrinter } from '../domain/instants.ts';
import { isCalm, PACE_SECONDS } from './backlog-gauge.ts';
import { budgetOf, budgetsOf } from './decision-budget.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { groupFaults, lineFaults, rulesText } from './order-rules.ts';
import { type RedeemedQuote, redeemQuotes } from './redeem-quotes.ts';

type Result = RowResult<AcceptedOrder>;

/** A command whose references are known, with its place in the batch. */
interface SoundCommand {
  readonly index: number;
  readonly command: AcceptOrder;
  /** Given in the order of arrival, so that orders of one deadline are decided in that order. */
  readonly order_id: string;
}

/** An order on its way in, with what its quote token came to. */
interface Arrival extends SoundCommand {
  readonly body_hash: Buffer;
  readonly quote: RedeemedQuote | null;
}

/**
 * Stores orders and answers each in its place: `applied` for a new one, `duplicate` with the first
 * one's answer where the platform's reference came before with the same body, `refused` otherwise:
 * also when more orders wait than can be decided within their deadline, for a deadline that cannot
 * be kept must not be promised.
 * Safe to repeat and to run beside itself: (platform, reference) is unique.
 */
export async function acceptOrders(
  engine: Engine,
  commands: readonly AcceptOrder[],
): Promise<Result[]> {
  const network = await engine.networks.current();
  if (network === null) {
    return commands.map(() => refuse('network_missing', 'import a network first'));
  }
  const results = new Array<Result | undefined>(commands.length);
  const sound: SoundCommand[] = [];
  commands.forEach((command, index) => {
    const faults = faultsOf(command, network);
    if (faults.length === 0) sound.push({ index, command, order_id: engine.newId() });
    else results[index] = refuse('unknown_reference', faults[0]!.detail, faults);
  });
  sound.sort((a, b) => compareRefs(a.command, b.command) || a.index - b.index);
  const stored = await storeArrivals(engine, network, sound);
  for (const [index, result] of stored) results[index] = result;
  return results.map((result) => {
    if (result === undefined) throw new Error('an order was given no result');
    return result;
  });
}

async function storeArrivals(
  engine: Engine,
  network: LiveNetwork,
  sound: readonly SoundCommand[],
): Promise<Map<number, Result>> {
  if (sound.length === 0) return new Map();
  return await inTransaction(engine.database, async (tx) => {
    const now = engine.clock.now();
    const quotes = await redeemQuotes(tx, sound, now);
    const arrivals = sound.map((one) => ({
      ...one,
      body_hash: hashOf(one.command),
      quote: quotes.get(one.index) ?? null,
    }));
    const room = roomIn(engine, network, await engine.backlog.read(tx, engine), now);
    const candidates = firstOfEach(arrivals).slice(0, room);
    const deadlines = new Map<string, Temporal.Instant>();
    const orders = candidates.map((arrival) => newOrder(network, arrival, now, deadlines));
    const inserted = await insertOrders(tx, orders);
    engine.backlog.took(inserted.size);
    const print = instantPrinter();
    await storeNew(tx, { candidates, orders, inserted, print });
    await quotes.use(inserted, orders);
    const results = new Map<number, Result>();
    orders.forEach((order, at) => {
      if (inserted.has(order.order_id)) results.set(candidates[at]!.index, applied(order, print));
    });
    return await answerOthers(tx, arrivals, results);
  });
}

/** Share of a deadline in which those that wait while the first is no longer calm are decided. */
const PRESSED_SHARE = 1 / 4;
/** So many may wait however slow deciding was: it may have had little to do. */
const LEAST_ORDERS = 16;

/**
 * How many more orders may wait. While the most urgent of each platform has most of its time left, which is
 * how fast deciding goes just now, any number up to the limit. Then as many as are decided in a share of the
 * shortest deadline, as fast as they were of late; of none, as while no worker runs, a few are still taken.
 */
function roomIn(
  engine: Engine,
  { document }: LiveNetwork,
  backlog: Backlog,
  now: Temporal.Instant,
): number {
  const { orders, decided } = backlog;
  const { backlog_orders_free, backlog_orders_max } = engine.config;
  const budgets = budgetsOf(document);
  if (isCalm(backlog, budgets, now)) return Math.max(0, backlog_orders_max - orders);
  const shortest = Math.min(budgets.otherwise, ...Object.values(budgets.by_platform));
  const windows = (PRESSED_SHARE * shortest) / (PACE_SECONDS * engine.clock.work_speed);
  const kept = decided === 0 ? Infinity : Math.max(LEAST_ORDERS, Math.ceil(decided * windows));
  return Math.max(0, Math.min(backlog_orders_free, kept) - orders);
}

/** The first arrival of each reference that may be stored; later copies are answered like it. */
function firstOfEach(arrivals: readonly Arrival[]): Arrival[] {
  const first = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const key = refKey(arrival.command);
    if (arrival.quote?.outcome !== 'refused' && !first.has(key)) first.set(key, arrival);
  }
  return [...first.values()];
}

function newOrder(
  network: LiveNetwork,
  arrival: Arrival,
  now: Temporal.Instant,
  deadlines: Map<string, Temporal.Instant>,
): NewOrder {
  const { command } = arrival;
  let decide_by = deadlines.get(command.platform_id);
  if (decide_by === undefined) {
    const seconds = budgetOf(budgetsOf(network.document), command.platform_id);
    decide_by = now.add({ milliseconds: Math.round(seconds * 1000) });
    deadlines.set(command.platform_id, decide_by);
  }
  const quote = arrival.quote?.outcome === 'redeemed' ? arrival.quote : null;
  return {
    order_id: arrival.order_id,
    platform_id: command.platform_id,
    external_ref: command.external_ref,
    body_hash: hexBytes(arrival.body_hash),
    destination: command.destination,
    deliver_by: command.deliver_by ?? null,
    rules: command.rules ?? null,
    quote_id: quote?.quote_id ?? null,
    quote_option: quote?.option ?? null,
    accepted_at: now,
    decide_by,
    request_id: command.request_id,
  };
}

type Print = (instant: Temporal.Instant) => string;

/** Orders at the places of their arrivals; those that came before are not in `inserted`. */
interface Stored {
  readonly candidates: readonly Arrival[];
  readonly orders: readonly NewOrder[];
  readonly inserted: ReadonlySet<string>;
  readonly print: Print;
}

async function storeNew(tx: Tx, { candidates, orders, inserted, print }: Stored): Promise<void> {
  const lines: NewOrderLine[] = [];
  const events: NewEvent[] = [];
  for (const [at, order] of orders.entries()) {
    if (!inserted.has(order.order_id)) continue;
    for (const line of candidates[at]!.command.lines) {
      lines.push({ order_id: order.order_id, ...line, weight_grams: line.weight_grams ?? null });
    }
    events.push({
      entity: 'order',
      entity_id: order.order_id,
      version: 1,
      type: 'order.accepted',
      at: order.accepted_at,
      order_id: order.order_id,
      platform_id: order.platform_id,
      data: {
        state: 'accepted',
        external_ref: order.external_ref,
        decide_by: print(order.decide_by),
      },
      request_id: order.request_id,
    });
  }
  await together(tx, [(tx) => insertOrderLines(tx, lines), (tx) => appendEvents(tx, events)]);
}

/** Adds the results of those that were not stored now to the `results` of those that were. */
async function answerOthers(
  tx: Tx,
  arrivals: readonly Arrival[],
  results: Map<number, Result>,
): Promise<Map<number, Result>> {
  const others = arrivals.filter((arrival) => !results.has(arrival.index));
  const rows = await listOrdersByRef(
    tx,
    others.map(({ command }) => command),
  );
  const known = new Map(rows.map((row) => [refKey(row), row]));
  for (const arrival of others) {
    results.set(arrival.index, answerAgain(arrival, known.get(refKey(arrival.command))));
  }
  return results;
}

function applied({ order_id, external_ref, ...order }: NewOrder, print: Print): Result {
  const accepted_at = print(order.accepted_at);
  const decide_by = print(order.decide_by);
  return { status: 'applied', order_id, external_ref, state: 'accepted', accepted_at, decide_by };
}

function answerAgain(arrival: Arrival, row: AcceptedRow | undefined): Result {
  if (row === undefined) {
    if (arrival.quote?.outcome === 'refused') {
      return refuse(arrival.quote.code, arrival.quote.detail);
    }
    return refuse('overloaded', 'too many orders wait for a decision; post it again in a moment');
  }
  if (!row.body_hash.equals(arrival.body_hash)) {
    const detail = `reference ${row.external_ref} belongs to order ${row.order_id} with another body`;
    return refuse('order_conflict', detail, [{ pointer: '/external_ref', detail }]);
  }
  const { order_id, external_ref, state } = row;
  const accepted_at = row.accepted_at.toString();
  const decide_by = row.decide_by.toString();
  return { status: 'duplicate', order_id, external_ref, state, accepted_at, decide_by };
}

/** What the schema cannot know: SKUs the network has, line numbers that are unique. */
function faultsOf(command: AcceptOrder, network: LiveNetwork): Fault[] {
  const unknown = command.lines.flatMap(({ sku_id }, at) => {
    if (network.skus.has(sku_id)) return [];
    const detail = `got ${JSON.stringify(sku_id)}, expected a SKU of the network`;
    return [{ pointer: `/lines/${at}/sku_id`, detail }];
  });
  return [...unknown, ...lineFaults(command.lines), ...groupFaults(command)];
}

/** The identity of what was posted: same hash, same order. */
function hashOf({ destination, lines, deliver_by, rules, quote_token }: AcceptOrder): Buffer {
  const { name, address, city, postal_code, country, position } = destination;
  const body = JSON.stringify([
    [name, address, city, postal_code, country, position],
    lines.map((line) => [line.line_no, line.sku_id, line.quantity, line.weight_grams]),
    deliver_by,
    quote_token,
    // Only where there are any: an order without rules keeps the hash it was stored with.
    ...(rules === undefined ? [] : [rulesText(rules)]),
  ]);
  return hash('sha256', body, 'buffer');
}

type Ref = { readonly platform_id: string; readonly external_ref: string };

function compareRefs(a: Ref, b: Ref): number {
  const left = refKey(a);
  const right = refKey(b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function refKey(ref: Ref): string {
  return `${ref.platform_id}\n${ref.external_ref}`;
}

function refuse(code: RefusalCode, detail: string, faults: readonly Fault[] = []): Result {
  return { status: 'refused', code, detail, faults };
}
