/**
 * Cancels an order while its goods are still in the warehouse: the units and capacity set aside for
 * it are free again, carriers' offers are withdrawn, warehouses see the work disappear.
 */
import { giveBackCapacity, lockCapacity } from '../../db/capacity.ts';
import { moveCountedParcels } from '../../db/carrier-shares.ts';
import { inTransaction, type Tx } from '../../db/database.ts';
import { appendEvents, type NewEvent } from '../../db/journal.ts';
import { cancelOrderRows, lockOrder, type OrderRow } from '../../db/orders.ts';
import { clearQuoteCapacity, deleteUndecidedQuoteViews, listQuotedPlans } from '../../db/quotes.ts';
import {
  closeReservationsOfQuotes,
  releaseReservationsOfShipments,
} from '../../db/reservations.ts';
import { cancelShipmentRows, lockShipmentsOfOrder, type ShipmentRow } from '../../db/shipments.ts';
import { releaseStock } from '../../db/stock.ts';
import type { CancelOrder } from '../domain/commands.ts';
import { Refusal } from '../domain/errors.ts';
import { ORDER_TRANSITIONS } from '../domain/order.ts';
import { isInWarehouse } from '../domain/shipment.ts';
import { lostParcel } from './batch.ts';
import type { Engine } from './engine.ts';

/** An order after the request to cancel it. */
export interface CancelledOrder {
  readonly order_id: string;
  readonly state: 'cancelled';
}

/**
 * Cancels an order. Asking again answers the same. Throws `not_found` for an order the asker does
 * not have and `state_conflict` once a shipment has left its warehouse or the order has ended.
 */
export async function cancelOrder(engine: Engine, command: CancelOrder): Promise<CancelledOrder> {
  return await inTransaction(engine.database, async (tx) => {
    const order = await lockOrder(tx, command.order_id, command.platform_id);
    if (order === null) throw new Refusal('not_found', `there is no order ${command.order_id}`);
    if (order.state === 'cancelled') return { order_id: order.order_id, state: 'cancelled' };
    const shipments = await lockShipmentsOfOrder(tx, order.order_id);
    refuseIfTooLate(order, shipments);
    const now = engine.clock.now();
    const open = shipments.filter((shipment) => shipment.state !== 'cancelled');
    await freeWhatIsHeld(tx, order, open, now);
    await cancelShipmentRows(
      tx,
      open.map((shipment) => shipment.shipment_id),
      now,
    );
    await cancelOrderRows(tx, order.order_id);
    await appendEvents(tx, eventsOf(order, open, command, now));
    await moveCountedParcels(tx, open.map(lostParcel), now);
    return { order_id: order.order_id, state: 'cancelled' };
  });
}

function refuseIfTooLate(order: OrderRow, shipments: readonly ShipmentRow[]): void {
  if (!ORDER_TRANSITIONS[order.state].includes('cancelled')) {
    throw new Refusal('state_conflict', `order ${order.order_id} is ${order.state}`);
  }
  const left = shipments.find((s) => s.state !== 'cancelled' && !isInWarehouse(s.state));
  if (left !== undefined) {
    const detail = `shipment ${left.shipment_id} has left its warehouse: it is ${left.state}`;
    throw new Refusal('state_conflict', detail);
  }
}

async function freeWhatIsHeld(
  tx: Tx,
  order: OrderRow,
  open: readonly ShipmentRow[],
  now: Temporal.Instant,
): Promise<void> {
  const quotes = await listQuotedPlans(tx, [order.order_id]);
  const quoteIds = quotes.map((quote) => quote.quote_id);
  const slots = [...open, ...quotes].flatMap((holder) => holder.capacity);
  await lockCapacity(tx, slots);
  await giveBackCapacity(tx, slots);
  await clearQuoteCapacity(tx, quoteIds);
  await deleteUndecidedQuoteViews(tx, order.order_id, quoteIds);
  const closed = [
    ...(await closeReservationsOfQuotes(tx, quoteIds, 'released')),
    ...(await releaseReservationsOfShipments(
      tx,
      open.map((shipment) => shipment.shipment_id),
    )),
  ];
  await releaseStock(
    tx,
    closed.map((row) => ({ ...row, reference: row.shipment_id ?? row.quote_id! })),
    now,
  );
}

function eventsOf(
  order: OrderRow,
  open: readonly ShipmentRow[],
  command: CancelOrder,
  at: Temporal.Instant,
): NewEvent[] {
  const { order_id, platform_id } = order;
  const { reason, request_id } = command;
  return [
    {
      entity: 'order',
      entity_id: order_id,
      version: order.version + 1,
      type: 'order.cancelled',
      at,
      order_id,
      platform_id,
      data: { state: 'cancelled', reason },
      request_id,
    },
    ...open.map((shipment) => ({
      entity: 'shipment',
      entity_id: shipment.shipment_id,
      version: shipment.version + 1,
      type: 'shipment.cancelled',
      at,
      order_id,
      platform_id,
      warehouse_id: shipment.warehouse_id,
      carrier_id: shipment.carrier_id,
      data: { state: 'cancelled', reason },
      request_id,
    })),
  ];
}
