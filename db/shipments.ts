/** Shipments as decisions make them and cancellations end them; their progress is elsewhere. */
import { sql } from 'kysely';
import type { ShipmentState } from '../src/domain/shipment.ts';
import type { Tx } from './database.ts';
import { insertRows } from './rows.ts';

/** A new shipment in state `planned`, version 1. Instants print as RFC 3339. */
export interface NewShipment {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly decision_no: number;
  readonly platform_id: string;
  readonly warehouse_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly zone_id: string;
  readonly state: 'planned';
  readonly version: 1;
  readonly destination: object;
  readonly weight_grams: number;
  readonly cost: object;
  readonly capacity: readonly object[];
  readonly network_version: number;
  readonly planned_at: Temporal.Instant;
  readonly pick_from: Temporal.Instant;
  readonly pickup_at: Temporal.Instant;
  readonly promise_at: Temporal.Instant;
  readonly expected_at: Temporal.Instant;
  readonly excluded_services: readonly string[];
  readonly tenders: number;
  readonly milestone_due: readonly Temporal.Instant[];
  readonly milestone_met: readonly (Temporal.Instant | null)[];
  readonly milestone_state: readonly string[];
  readonly next_due_at: Temporal.Instant | null;
}

/** Inserts shipments in one statement. */
export async function insertShipments(tx: Tx, shipments: readonly NewShipment[]): Promise<void> {
  await insertRows(tx, 'shipments', shipments);
}

/** A shipment as a cancellation needs it. */
export interface ShipmentRow {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly platform_id: string;
  readonly warehouse_id: string;
  readonly carrier_id: string;
  readonly state: ShipmentState;
  readonly version: number;
  readonly capacity: readonly { resource: string; slot_seconds: number; amount: number }[];
}

/** Locks all shipments of an order, by id. */
export async function lockShipmentsOfOrder(tx: Tx, order_id: string): Promise<ShipmentRow[]> {
  const rows = await sql<ShipmentRow>`
    select shipment_id, order_id, platform_id, warehouse_id, carrier_id, state, version, capacity
    from shipments where order_id = ${order_id} order by shipment_id for no key update`.execute(tx);
  return rows.rows;
}

/** Ends locked shipments as cancelled and withdraws what was offered to carriers. */
export async function cancelShipmentRows(
  tx: Tx,
  shipmentIds: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  if (shipmentIds.length === 0) return;
  await sql`
    update shipments set state = 'cancelled', version = version + 1, next_due_at = null
    where shipment_id = any(${shipmentIds}::uuid[])`.execute(tx);
  await sql`
    update assignments set state = 'withdrawn', answered_at = ${at.toString()}
    where shipment_id = any(${shipmentIds}::uuid[]) and state in ('offered', 'accepted')`.execute(
    tx,
  );
}
