/** Part of DECIDE: stores a batch of decisions and everything that follows from them, set by set. */

import { offerAssignments } from '../../db/assignments.ts';
import { insertBackorders } from '../../db/backorders.ts';
import { giveBackCapacity, takeCapacity } from '../../db/capacity.ts';
import { type Statement, type Tx, together } from '../../db/database.ts';
import { insertDecisions, type NewDecision } from '../../db/decisions.ts';
import { owePricing } from '../../db/disruptions.ts';
import { openExceptions } from '../../db/exceptions.ts';
import { appendEvents, type NewEvent } from '../../db/journal.ts';
import { allocateLines, saveDecidedOrders } from '../../db/orders.ts';
import { clearQuoteCapacity, type QuotedPlan } from '../../db/quotes.ts';
import { closeReservationsOfQuotes, insertReservations } from '../../db/reservations.ts';
import { insertShipments } from '../../db/shipments.ts';
import { releaseStock, reserveStock } from '../../db/stock.ts';
import type { NewException } from '../domain/exceptions.ts';
import { instantText } from '../domain/instants.ts';
import type { OrderState } from '../domain/order.ts';
import type { BatchView, DecidedInBatch } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';
import { type PlannedShipment, planShipments } from './plan-shipments.ts';
import { storedView } from './stored-view.ts';

/** A decided batch, checked under lock. */
export interface BatchToSave {
  readonly network: LiveNetwork;
  readonly view: Omit<BatchView, 'waiting'>;
  readonly decided: readonly DecidedInBatch[];
  /** Decisions that lost their race and will be made again. */
  readonly lost: readonly DecidedInBatch[];
  readonly quotes: readonly QuotedPlan[];
}

/** A batch with all that it makes. */
export interface PlannedBatch extends BatchToSave {
  readonly shipments: readonly PlannedShipment[];
  readonly decided_at: Temporal.Instant;
}

/** Plans the shipments of a batch. No I/O. */
export function planBatch(engine: Engine, batch: BatchToSave): PlannedBatch {
  const decided_at = engine.clock.now();
  const quotedWith = new Map(
    batch.quotes.flatMap(({ order_id, disruption_no: no }) =>
      no === null ? [] : [[order_id, no] as const],
    ),
  );
  const shipments = planShipments(engine, batch.network, batch.decided, decided_at, quotedWith);
  return { ...batch, shipments, decided_at };
}

/**
 * Writes the rows that are the batch's own: nobody else waits for them. Stock and capacity are taken
 * by `takeUnits` in the same transaction.
 */
export async function saveRows(engine: Engine, tx: Tx, batch: PlannedBatch): Promise<void> {
  if (batch.decided.length === 0) return;
  await together(tx, [
    ...shipmentRows(batch),
    ...orderMoves(engine, batch),
    (tx) => saveProof(engine, tx, batch),
    ...soldBefore(batch),
  ]);
}

/** Routes sold before the newest disruption are to be priced with it. */
function soldBefore({ network, shipments }: PlannedBatch): Statement[] {
  const numbers = shipments.flatMap(({ row }) => row.disruption_no ?? []);
  const oldest = Math.min(network.disruption_no, ...numbers);
  return oldest === network.disruption_no ? [] : [(tx) => owePricing(tx, oldest)];
}

/** Takes the batch's stock and capacity; the transaction holds the locks of `keepWinners`. */
export async function takeUnits(tx: Tx, batch: PlannedBatch): Promise<void> {
  if (batch.decided.length === 0) return;
  await giveBackQuoteHolds(tx, batch);
  const { shipments, decided_at } = batch;
  const slots = shipments.flatMap(({ parcel }) => parcel.capacity);
  const units = shipments.flatMap(({ row, parcel }) =>
    parcel.takes.map(({ stock_id, quantity }) => ({
      stock_id,
      quantity,
      reference: row.shipment_id,
    })),
  );
  await together(tx, [
    (tx) => takeCapacity(tx, slots),
    (tx) => reserveStock(tx, units, decided_at),
  ]);
}

/** Quotes of this batch hold nothing any more: their plans take over in the same transaction. */
async function giveBackQuoteHolds(tx: Tx, batch: PlannedBatch) {
  const saved = new Set(batch.decided.map(({ order }) => order.order_id));
  const quotes = batch.quotes.filter((quote) => saved.has(quote.order_id));
  const ids = quotes.map((quote) => quote.quote_id);
  await giveBackCapacity(
    tx,
    quotes.flatMap((quote) => quote.capacity),
  );
  await clearQuoteCapacity(tx, ids);
  const closed = await closeReservationsOfQuotes(tx, ids, 'released');
  await releaseStock(
    tx,
    closed.map((row) => ({ ...row, reference: row.quote_id! })),
    batch.decided_at,
  );
}

/** The shipments of a batch with what they hold and their first offers, as statements. */
export function shipmentRows({ network, shipments, decided_at }: PlannedBatch): Statement[] {
  const units = shipments.flatMap(({ row, parcel }) =>
    parcel.takes.map(({ stock_id, line_no, quantity }) => ({
      stock_id,
      order_id: row.order_id,
      shipment_id: row.shipment_id,
      line_no,
      quantity,
    })),
  );
  const rows = shipments.map(({ row }) => row);
  const alike = { network_version: network.version, planned_at: decided_at };
  const offers = shipments.map(({ offer }) => offer);
  return [
    (tx) => insertShipments(tx, rows, alike),
    (tx) => insertReservations(tx, units),
    (tx) => offerAssignments(tx, offers),
    (tx) => allocateLines(tx, units),
  ];
}

function orderMoves(engine: Engine, batch: PlannedBatch): Statement[] {
  const { decided, shipments, decided_at } = batch;
  const backordered = decided.filter(({ result }) => stateAfter(result) === 'backordered');
  const unfillable = decided.filter(({ result }) => stateAfter(result) === 'unfillable');
  const missing = backordered.flatMap(({ order, result }) => missingLines(order, result));
  const exceptions = unfillable.map((one) => exceptionOf(engine, one, decided_at));
  return [
    (tx) => moveToDecided(tx, batch),
    (tx) => insertBackorders(tx, missing, decided_at),
    (tx) => openExceptions(tx, exceptions),
    (tx) =>
      appendEvents(tx, [
        ...orderEvents(decided, shipments, decided_at),
        ...shipments.map(({ event }) => event),
      ]),
  ];
}

function exceptionOf(
  engine: Engine,
  { order, result }: DecidedInBatch,
  opened_at: Temporal.Instant,
): NewException {
  return {
    exception_id: engine.newId(),
    kind: 'unfillable',
    order_id: order.order_id,
    shipment_id: null,
    owner: 'operator',
    reason: result.outcome === 'unsourced' ? result.reason : 'unknown',
    detail: detailOf(result),
    opened_at,
  };
}

async function moveToDecided(tx: Tx, { decided }: BatchToSave): Promise<void> {
  const moves = decided.map(({ order, result }) => ({
    order_id: order.order_id,
    state: stateAfter(result),
    decision_no: order.decision_no + 1,
    promise_at: result.outcome === 'sourced' ? result.promise_seconds : null,
    promise_confidence: result.outcome === 'sourced' ? result.confidence : null,
  }));
  const moved = await saveDecidedOrders(tx, moves);
  if (moved !== moves.length) throw new Error(`${moved} of ${moves.length} claimed orders moved`);
}

/** What an operator has to know of a refusal: the lines to blame, and the rules a plan broke. */
function detailOf(result: DecidedInBatch['result']): Record<string, unknown> {
  if (result.outcome === 'sourced') return {};
  const { line_nos } = result;
  return 'violations' in result ? { line_nos, violations: result.violations } : { line_nos };
}

/** What the decisions were made from, and what they came to. */
export async function saveProof(engine: Engine, tx: Tx, batch: PlannedBatch): Promise<void> {
  const batch_id = engine.newId();
  const { decided_at } = batch;
  await insertDecisions(
    tx,
    {
      batch_id,
      network_version: batch.network.version,
      transit_version: batch.network.transit_version,
      disruption_no: batch.network.disruption_no,
      decided_at,
      ...storedView(batch.view),
      lost: batch.lost.map(({ position, result }) => [position, result]),
      price_set_id: batch.view.prices?.price_set_id ?? null,
    },
    decisionRecords(batch),
  );
}

/** What is missing of each SKU: the units of the lines to blame, or of all lines. */
function missingLines(order: DecidedInBatch['order'], result: DecidedInBatch['result']) {
  const blamed = result.outcome === 'unsourced' ? new Set(result.line_nos) : new Set<number>();
  const lines = order.lines.filter((line) => blamed.size === 0 || blamed.has(line.line_no));
  const bySku = new Map<string, number>();
  for (const { sku_id, quantity } of lines) {
    bySku.set(sku_id, (bySku.get(sku_id) ?? 0) + quantity);
  }
  return [...bySku].map(([sku_id, quantity]) => ({ order_id: order.order_id, sku_id, quantity }));
}

/** No stock anywhere waits for a receipt; every other failure waits for an operator. */
function stateAfter(result: DecidedInBatch['result']): OrderState {
  if (result.outcome === 'sourced') return 'decided';
  return result.reason === 'no_stock' ? 'backordered' : 'unfillable';
}

function orderEvents(
  decided: readonly DecidedInBatch[],
  shipments: readonly PlannedShipment[],
  at: Temporal.Instant,
): NewEvent[] {
  const ofOrder = Map.groupBy(shipments, ({ row }) => row.order_id);
  return decided.map(({ order, result }) => {
    const state = stateAfter(result);
    const own = ofOrder.get(order.order_id) ?? [];
    const data =
      result.outcome === 'sourced'
        ? {
            state,
            promise_at: instantText(result.promise_seconds),
            confidence: result.confidence,
            cost: result.cost,
            shipment_ids: own.map(({ row }) => row.shipment_id),
          }
        : { state, reason: result.reason, line_nos: result.line_nos };
    return {
      entity: 'order',
      entity_id: order.order_id,
      version: order.version + 1,
      type: `order.${state}`,
      at,
      order_id: order.order_id,
      platform_id: order.platform_id,
      data,
      request_id: order.request_id,
    };
  });
}

function decisionRecords(batch: PlannedBatch): NewDecision[] {
  const decided_ms = batch.decided_at.epochMilliseconds;
  return batch.decided.map((one) => ({
    order_id: one.order.order_id,
    decision_no: one.order.decision_no + 1,
    batch_position: one.position,
    outcome: outcomeOf(stateAfter(one.result)),
    deadline: one.order.decide_by,
    late: decided_ms > one.order.decide_by.epochMilliseconds,
    problem: one.problem,
    result: one.result,
    from_quote: one.from_quote,
    work_budget: one.work_budget,
    elapsed_us: one.elapsed_us,
    policy_id: one.policy_id,
  }));
}

function outcomeOf(state: OrderState): NewDecision['outcome'] {
  if (state === 'decided') return 'sourced';
  return state === 'backordered' ? 'backordered' : 'unfillable';
}
