/** Shipments as decisions make them and cancellations end them; their progress is elsewhere. */
import { sql } from 'kysely';
import { MILESTONES } from '../src/domain/milestones.ts';
import type { ShipmentState } from '../src/domain/shipment.ts';
import type { Tx } from './database.ts';
import { insertRows } from './rows.ts';

/** A new shipment, version 1, with all milestones open. Instants in seconds since 1970. */
export interface NewShipment {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly decision_no: number;
  readonly platform_id: string;
  readonly warehouse_id: string;
  readonly carrier_id: string;
  readonly service_id: string;
  readonly zone_id: string;
  readonly destination: object;
  readonly weight_grams: number;
  readonly cost: object;
  readonly capacity: readonly object[];
  readonly pick_from: number;
  readonly pickup_at: number;
  readonly promise_at: number;
  readonly expected_at: number;
  readonly milestone_due: readonly number[];
  readonly next_due_at: number;
  /** Of those that go over hubs: the way, what it passes, and the disruptions known of. */
  readonly route?: object;
  readonly route_parts?: readonly string[];
  readonly disruption_no?: number;
}

/** What all shipments of one batch of decisions have alike. */
export interface ShipmentsAlike {
  readonly network_version: number;
  readonly planned_at: Temporal.Instant;
}

/** Inserts shipments as planned and offered once: one statement, another for those over hubs. */
export async function insertShipments(
  tx: Tx,
  shipments: readonly NewShipment[],
  alike: ShipmentsAlike,
): Promise<void> {
  const shared = {
    ...alike,
    state: 'planned',
    version: 1,
    tenders: 1,
    excluded_services: [],
    milestone_met: MILESTONES.map(() => null),
    milestone_state: MILESTONES.map(() => 'open'),
  };
  const routed = shipments.filter((shipment) => shipment.route !== undefined);
  const direct =
    routed.length === 0 ? shipments : shipments.filter((one) => one.route === undefined);
  await insertRows(tx, 'shipments', direct, shared);
  await insertRows(tx, 'shipments', routed, shared);
}

/** A shipment as a cancellation needs it. */
export interface ShipmentRow {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly platform_id: string;
  readonly warehouse_id: string;
  readonly carrier_id: string;
  readonly zone_id: string;
  readonly planned_at: Temporal.Instant;
  readonly state: ShipmentState;
  readonly version: number;
  readonly capacity: readonly { resource: string; slot_seconds: number; amount: number }[];
}

/** Locks all shipments of an order, by id. */
export async function lockShipmentsOfOrder(tx: Tx, order_id: string): Promise<ShipmentRow[]> {
  const rows = await sql<ShipmentRow>`
    select shipment_id, order_id, platform_id, warehouse_id, carrier_id, zone_id, planned_at, state,
      version, capacity
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
