/** Part of RECORD: what a warehouse's events about one shipment change. No I/O. */
import type { DecisionBudgets } from '../../db/backorders.ts';
import type { ShipmentDraft } from '../../db/shipment-progress.ts';
import type { WarehouseEvent } from '../domain/commands.ts';
import { type Evidence, mergeEvidence, sameInstants } from '../domain/milestones.ts';
import {
  freePicks,
  furtherState,
  isInWarehouse,
  SHIPMENT_RANK,
  type ShipmentState,
  WAREHOUSE_EVENTS,
} from '../domain/shipment.ts';
import {
  type HeldUnits,
  type MissingUnits,
  missUnits,
  openRows,
  pickUnits,
  shipUnits,
} from '../domain/units.ts';
import {
  type Batch,
  cancelShipment,
  lateData,
  meet,
  raise,
  reopenOrder,
  tellShipment,
} from './batch.ts';
import { budgetOf } from './decision-budget.ts';

/** What working on shipments needs to know beside them. */
export interface WorkContext {
  readonly budgets: DecisionBudgets;
  /** Grams of one unit of what a reservation holds. */
  readonly gramsPerUnit: (row: HeldUnits) => number;
}

/**
 * Applies events to a locked shipment, in whatever order they came: the furthest state told stands,
 * the least found of each line counts, each milestone keeps its earliest instant. Returns the events
 * that changed something; the others are late.
 */
export function workShipment(
  batch: Batch,
  shipment: ShipmentDraft,
  events: readonly WarehouseEvent[],
  { budgets, gramsPerUnit }: WorkContext,
): WarehouseEvent[] {
  if (shipment.state === 'cancelled') return noteLeaving(batch, shipment, events);
  const before = shipment.state;
  const missing = isInWarehouse(before)
    ? missUnits(batch.book, shipment.shipment_id, leastFound(events))
    : [];
  if (!isInWarehouse(before)) noteLateShortPick(batch, shipment, events);
  const applied = new Set(events.filter((event) => isNews(event, before, missing)));
  if (missing.length > 0 && openRows(batch.book, shipment.shipment_id).length === 0) {
    cancelShipment(batch, shipment, { reason: 'nothing_found', missing });
  } else {
    if (missing.length > 0) shrinkParcel(batch, shipment, missing, gramsPerUnit);
    goOn(batch, shipment, { before, missing, events, applied });
  }
  if (missing.length > 0) decideAgain(batch, shipment, missing, budgets);
  return [...applied];
}

/** What is known when a shipment goes on. */
interface Progress {
  readonly before: ShipmentState;
  readonly missing: readonly MissingUnits[];
  readonly events: readonly WarehouseEvent[];
  readonly applied: Set<WarehouseEvent>;
}

function goOn(batch: Batch, shipment: ShipmentDraft, progress: Progress): void {
  const { before, missing, events, applied } = progress;
  let late: Evidence = {};
  let refined = false;
  for (const event of events) {
    const known = shipment.milestone_met;
    const found = meet(shipment, WAREHOUSE_EVENTS[event.kind].meets, event.occurred_at);
    late = mergeEvidence(late, found);
    if (Object.keys(found).length > 0 || !sameInstants(known, shipment.milestone_met)) {
      refined = true;
      applied.add(event);
    }
  }
  const numbered = numberParcel(batch, shipment, events);
  if (numbered !== null) {
    refined = true;
    applied.add(numbered);
  }
  const told = {
    ...lateData(late),
    ...(numbered === null ? {} : { tracking_number: shipment.tracking_number }),
  };
  if (missing.length > 0) {
    pickUnits(batch.book, shipment.shipment_id);
    shipment.state = furtherState(before, 'picked');
    tellShipment(batch, shipment, 'shipment.short_picked', { missing, ...told });
  }
  const after = events.reduce<ShipmentState>(
    (state, event) => furtherState(state, WAREHOUSE_EVENTS[event.kind].state),
    shipment.state,
  );
  if (after === shipment.state && (missing.length > 0 || !refined)) return;
  const moved = after !== shipment.state;
  shipment.state = after;
  if (moved) moveUnits(batch, shipment);
  const type = moved ? (`shipment.${after}` as `shipment.${'picked'}`) : 'shipment.tracked';
  tellShipment(batch, shipment, type, told);
}

/** What goes on after a short pick weighs less and takes less of its warehouse's picking hour. */
function shrinkParcel(
  batch: Batch,
  shipment: ShipmentDraft,
  missing: readonly MissingUnits[],
  gramsPerUnit: WorkContext['gramsPerUnit'],
): void {
  const kept = openRows(batch.book, shipment.shipment_id);
  const grams = kept.reduce((sum, row) => sum + row.quantity * gramsPerUnit(row), 0);
  shipment.weight_grams = Math.round(grams * 1000) / 1000;
  const units = missing.reduce((sum, { quantity }) => sum + quantity, 0);
  const { left, freed } = freePicks(shipment.capacity, units);
  shipment.capacity = left;
  batch.freed_capacity.push(...freed);
  batch.changed_parcels.add(shipment);
}

function moveUnits(batch: Batch, { shipment_id, order_id, state }: ShipmentDraft): void {
  if (isInWarehouse(state)) pickUnits(batch.book, shipment_id);
  else {
    shipUnits(batch.book, shipment_id);
    batch.to_settle.add(order_id);
  }
}

/** The missing units want a decision that does not ask this warehouse for them again. */
function decideAgain(
  batch: Batch,
  shipment: ShipmentDraft,
  missing: readonly MissingUnits[],
  budgets: DecisionBudgets,
): void {
  const { shipment_id, order_id, warehouse_id, platform_id } = shipment;
  raise(batch, shipment, {
    kind: 'short_pick',
    owner: `warehouse:${warehouse_id}`,
    reason: 'units that should be there were not found and were written off',
    detail: { missing },
  });
  const order = batch.orders.get(order_id);
  if (order === undefined) return;
  reopenOrder(batch, order, {
    reason: 'short_pick',
    budget_seconds: budgetOf(budgets, platform_id),
    excluded_stock: [...new Set(missing.map((miss) => miss.sku_id))].map((sku_id) => ({
      warehouse_id,
      sku_id,
    })),
    detail: { shipment_id, missing },
  });
}

/** The least found of each line that short picks name. */
function leastFound(events: readonly WarehouseEvent[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const { kind, lines } of events) {
    if (kind !== 'short_picked') continue;
    for (const { line_no, picked } of lines ?? []) {
      found.set(line_no, Math.min(picked, found.get(line_no) ?? picked));
    }
  }
  return found;
}

function isNews(
  { kind, lines }: WarehouseEvent,
  before: ShipmentState,
  missing: readonly MissingUnits[],
): boolean {
  if (SHIPMENT_RANK[WAREHOUSE_EVENTS[kind].state] > SHIPMENT_RANK[before]) return true;
  if (kind !== 'short_picked') return false;
  return (lines ?? []).some((line) => missing.some((miss) => miss.line_no === line.line_no));
}

/** The parcel has left by our books; that it left smaller is for people to settle. */
function noteLateShortPick(
  batch: Batch,
  shipment: ShipmentDraft,
  events: readonly WarehouseEvent[],
): void {
  const event = events.find(({ kind }) => kind === 'short_picked');
  if (event === undefined) return;
  raise(batch, shipment, {
    kind: 'short_pick',
    owner: `warehouse:${shipment.warehouse_id}`,
    reason: 'a short pick was reported after the shipment had left in full by our books',
    detail: { lines: event.lines, event_id: event.event_id },
  });
}

/** Nothing changes a cancelled shipment; but goods that left all the same leave the books. */
function noteLeaving(
  batch: Batch,
  shipment: ShipmentDraft,
  events: readonly WarehouseEvent[],
): WarehouseEvent[] {
  const left = events.find(({ kind }) => kind === 'handed_over');
  if (left === undefined) return [];
  batch.left_after_cancel.set(shipment, left);
  return [left];
}

/** The number told last stands; true when it is another one than before. */
function numberParcel(
  batch: Batch,
  shipment: ShipmentDraft,
  events: readonly WarehouseEvent[],
): WarehouseEvent | null {
  const told = events.findLast((event) => event.tracking_number !== undefined);
  if (told === undefined || told.tracking_number === shipment.tracking_number) return null;
  shipment.tracking_number = told.tracking_number!;
  batch.changed_parcels.add(shipment);
  return told;
}
