/** Part of TENDER: no carrier takes a shipment. Its units go back; the order is decided elsewhere. */
import type { ShipmentDraft } from '../../db/shipment-progress.ts';
import { releaseUnits } from '../domain/units.ts';
import { cancelShipment, raise, reopenOrder, tellOrder } from './batch.ts';
import type { TenderBatch } from './tender-shipments.ts';

/**
 * Cancels the shipment, frees its units and capacity, opens one `no_carrier` exception and puts the
 * order up for a decision that does not ask this warehouse again. When that leaves no warehouse at
 * all the order is unfillable at once: waiting for stock would not bring a carrier.
 */
export function giveUpShipment(
  { batch, network, newest }: TenderBatch,
  shipment: ShipmentDraft,
  why: 'attempts_used_up' | 'no_carrier_left',
): void {
  const { shipment_id, order_id, warehouse_id, excluded_services, platform_id } = shipment;
  releaseUnits(batch.book, shipment_id);
  const last = newest.get(shipment_id);
  cancelShipment(batch, shipment, { reason: 'no_carrier', why, last: last?.assignment_id ?? null });
  raise(batch, shipment, {
    kind: 'no_carrier',
    owner: 'operator',
    reason: why === 'attempts_used_up' ? 'every tender allowed was used up' : 'no carrier is left',
    detail: { warehouse_id, excluded_services, tenders: shipment.tenders },
  });
  const order = batch.orders.get(order_id);
  if (order === undefined) return;
  const { policy, platforms, warehouses } = network.document;
  const platform = platforms.find((one) => one.id === platform_id);
  reopenOrder(batch, order, {
    reason: 'no_carrier',
    budget_seconds: platform?.decision_seconds ?? policy.decision_seconds,
    excluded_warehouse: warehouse_id,
    detail: { shipment_id },
  });
  const excluded = new Set(order.excluded_warehouses);
  if (order.state === 'accepted' && warehouses.every((one) => excluded.has(one.id))) {
    order.state = 'unfillable';
    tellOrder(batch, order, 'order.unfillable', { reason: 'no_carrier', shipment_id });
  }
}
