/**
 * What the steps after the decision share: one batch of orders, shipments and units, locked, changed
 * as drafts and saved together. A step loads it, decides on it in plain code, and saves it once.
 */
import { giveBackCapacity, lockCapacity } from '../../db/capacity.ts';
import { moveCountedParcels, type ParcelMoved } from '../../db/carrier-shares.ts';
import type { Tx } from '../../db/database.ts';
import { openExceptions } from '../../db/exceptions.ts';
import { appendEvents, type NewEvent } from '../../db/journal.ts';
import { saveParcels } from '../../db/parcels.ts';
import type { ExcludedStock } from '../../db/schema.ts';
import {
  listOrderProgress,
  type OrderDraft,
  type ShipmentDraft,
  type Slot,
  saveOrders,
  saveShipments,
  withdrawAssignments,
} from '../../db/shipment-progress.ts';
import { saveUnits } from '../../db/units.ts';
import type { WarehouseEvent } from '../domain/commands.ts';
import type { EventType } from '../domain/events.ts';
import type { NewException } from '../domain/exceptions.ts';
import { type Evidence, type MilestoneKind, meetMilestone } from '../domain/milestones.ts';
import { canOrderMove } from '../domain/order.ts';
import { settleOrder } from '../domain/shipment.ts';
import { openUnitBook, type UnitBook } from '../domain/units.ts';
import { closeDisrupted } from './close-disrupted.ts';
import { leaveAfterCancel } from './leave-after-cancel.ts';

/** A batch under way. */
export interface Batch {
  readonly at: Temporal.Instant;
  readonly request_id: string | null;
  readonly newId: () => string;
  readonly orders: ReadonlyMap<string, OrderDraft>;
  readonly shipments: ReadonlyMap<string, ShipmentDraft>;
  readonly book: UnitBook;
  readonly events: NewEvent[];
  readonly exceptions: NewException[];
  /** Orders and shipments that were told of, which are those that changed. */
  readonly changed_orders: Set<OrderDraft>;
  readonly changed_shipments: Set<ShipmentDraft>;
  readonly cancelled_shipments: ShipmentDraft[];
  /** Parcels that their carriers lost, or got in the place of others. */
  readonly moved_parcels: ParcelMoved[];
  /** Shipments that their warehouses may start on. */
  readonly released_shipments: Set<ShipmentDraft>;
  readonly freed_capacity: Slot[];
  /** Shipments whose promise stands again: an exception about a disruption is closed. */
  readonly undisrupted_shipments: Set<ShipmentDraft>;
  /** Shipments whose parcel itself changed: its number, its weight, the capacity it takes. */
  readonly changed_parcels: Set<ShipmentDraft>;
  /** Cancelled shipments that were handed over all the same, with the event that says so. */
  readonly left_after_cancel: Map<ShipmentDraft, WarehouseEvent>;
  /** Orders whose units or shipments moved so that the order may have shipped or ended. */
  readonly to_settle: Set<string>;
}

/** What a batch is opened on; orders and units may be left out by steps that touch none. */
export interface BatchParts {
  readonly at: Temporal.Instant;
  readonly request_id: string | null;
  readonly newId: () => string;
  readonly orders?: ReadonlyMap<string, OrderDraft>;
  readonly shipments: ReadonlyMap<string, ShipmentDraft>;
  readonly book?: UnitBook;
}

/** Opens a batch on rows whose locks the caller holds. */
export function openBatch(parts: BatchParts): Batch {
  return {
    orders: new Map(),
    book: openUnitBook([]),
    ...parts,
    events: [],
    exceptions: [],
    changed_orders: new Set(),
    changed_shipments: new Set(),
    cancelled_shipments: [],
    moved_parcels: [],
    released_shipments: new Set(),
    freed_capacity: [],
    undisrupted_shipments: new Set(),
    changed_parcels: new Set(),
    left_after_cancel: new Map(),
    to_settle: new Set(),
  };
}

/** Raises an order's version and journals why. The draft's state is already the new one. */
export function tellOrder(
  batch: Batch,
  order: OrderDraft,
  type: EventType,
  data: Record<string, unknown>,
): void {
  order.version += 1;
  batch.changed_orders.add(order);
  batch.events.push({
    entity: 'order',
    entity_id: order.order_id,
    version: order.version,
    type,
    at: batch.at,
    order_id: order.order_id,
    platform_id: order.platform_id,
    data: { state: order.state, ...data },
    request_id: batch.request_id ?? order.request_id,
  });
}

/** Raises a shipment's version and journals why. The draft's state is already the new one. */
export function tellShipment(
  batch: Batch,
  shipment: ShipmentDraft,
  type: EventType,
  data: Record<string, unknown>,
): void {
  shipment.version += 1;
  batch.changed_shipments.add(shipment);
  batch.events.push({
    entity: 'shipment',
    entity_id: shipment.shipment_id,
    version: shipment.version,
    type,
    at: batch.at,
    order_id: shipment.order_id,
    platform_id: shipment.platform_id,
    warehouse_id: shipment.warehouse_id,
    carrier_id: shipment.carrier_id,
    data: { state: shipment.state, ...data },
    request_id: batch.request_id ?? batch.orders.get(shipment.order_id)?.request_id ?? null,
  });
}

/** Opens an exception about a shipment when the batch is saved, unless one like it is open. */
export function raise(
  batch: Batch,
  shipment: ShipmentDraft,
  exception: Pick<NewException, 'kind' | 'owner' | 'reason' | 'detail'>,
): void {
  batch.exceptions.push({
    exception_id: batch.newId(),
    order_id: shipment.order_id,
    shipment_id: shipment.shipment_id,
    opened_at: batch.at,
    ...exception,
  });
}

/** Marks a milestone met on the draft; returns what was met too late, for the journal. */
export function meet(shipment: ShipmentDraft, kind: MilestoneKind, at: Temporal.Instant): Evidence {
  const { clock, late } = meetMilestone(
    {
      milestone_due: shipment.milestone_due,
      milestone_met: shipment.milestone_met,
      milestone_state: shipment.milestone_state,
      next_due_at: shipment.next_due_at,
    },
    kind,
    at,
  );
  Object.assign(shipment, clock);
  return late;
}

/** Late evidence as event data; nothing where there is none. The watch reads it at the breach. */
export function lateData(late: Evidence): { late?: Evidence } {
  return Object.keys(late).length === 0 ? {} : { late };
}

/** The parcel of a shipment, as its carrier loses it. */
export function lostParcel({
  carrier_id,
  zone_id,
  planned_at,
}: Pick<ParcelMoved, 'carrier_id' | 'zone_id' | 'planned_at'>): ParcelMoved {
  return { carrier_id, zone_id, planned_at, parcels: -1 };
}

/** Ends a shipment that has not left: its capacity is free again, its carrier is told no. */
export function cancelShipment(
  batch: Batch,
  shipment: ShipmentDraft,
  data: Record<string, unknown> & { readonly reason: string },
): void {
  shipment.state = 'cancelled';
  shipment.next_due_at = null;
  batch.cancelled_shipments.push(shipment);
  batch.moved_parcels.push(lostParcel(shipment));
  batch.freed_capacity.push(...shipment.capacity);
  tellShipment(batch, shipment, 'shipment.cancelled', data);
}

/** Why an order is decided again, and by when. */
export interface Reopening {
  readonly reason: string;
  readonly budget_seconds: number;
  /** A warehouse that must not be asked again: no carrier goes from there to here. */
  readonly excluded_warehouse?: string;
  /** Stock that was not found where the books had it. */
  readonly excluded_stock?: readonly ExcludedStock[];
  readonly detail?: Record<string, unknown>;
}

/** Puts an order up for another decision. Terminal orders stay as they are. */
export function reopenOrder(batch: Batch, order: OrderDraft, why: Reopening): void {
  if (order.state !== 'accepted' && !canOrderMove(order.state, 'accepted')) return;
  const { excluded_warehouse, excluded_stock = [], reason, budget_seconds } = why;
  order.state = 'accepted';
  order.attempts = 0;
  order.decide_by = batch.at.add({ milliseconds: Math.round(budget_seconds * 1000) });
  if (excluded_warehouse !== undefined) {
    order.excluded_warehouses = [...new Set([...order.excluded_warehouses, excluded_warehouse])];
  }
  const barred = new Set(order.excluded_stock.map(stockName));
  const fresh = excluded_stock.filter((stock) => !barred.has(stockName(stock)));
  order.excluded_stock = [...order.excluded_stock, ...fresh];
  tellOrder(batch, order, 'order.reopened', { reason, decide_by: order.decide_by, ...why.detail });
}

function stockName({ warehouse_id, sku_id }: ExcludedStock): string {
  return `${warehouse_id}\n${sku_id}`;
}

/**
 * Saves the batch: capacity, lots, lines, shipments, what follows for the orders, exceptions and the
 * journal, in the caller's transaction. Capacity is locked before stock, as everywhere.
 */
export async function saveBatch(tx: Tx, batch: Batch): Promise<void> {
  if (batch.freed_capacity.length > 0) {
    await lockCapacity(tx, batch.freed_capacity);
    await giveBackCapacity(tx, batch.freed_capacity);
  }
  await leaveAfterCancel(tx, batch, batch.left_after_cancel);
  await saveUnits(tx, batch.book, batch.at);
  await saveShipments(tx, [...batch.changed_shipments], batch.released_shipments);
  await saveParcels(tx, [...batch.changed_parcels]);
  await withdrawAssignments(
    tx,
    batch.cancelled_shipments.map((shipment) => shipment.shipment_id),
    batch.at,
  );
  await settleOrders(tx, batch);
  await saveOrders(tx, [...batch.changed_orders]);
  await openExceptions(tx, batch.exceptions);
  await closeDisrupted(tx, batch);
  await appendEvents(tx, batch.events);
  await moveCountedParcels(tx, batch.moved_parcels, batch.at);
}

async function settleOrders(tx: Tx, batch: Batch): Promise<void> {
  for (const progress of await listOrderProgress(tx, [...batch.to_settle])) {
    const order = batch.orders.get(progress.order_id);
    if (order === undefined) continue;
    for (const state of settleOrder(order.state, progress)) {
      order.state = state;
      tellOrder(batch, order, `order.${state}`, {});
    }
  }
}
