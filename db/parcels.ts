/** What changes of a shipment's parcel itself: where it is placed, how it is numbered, how much it is. */
import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { asJson } from './rows.ts';
import type { ShipmentDraft } from './shipment-progress.ts';

/** Saves what a locked shipment's parcel became: its number, and less of it after a short pick. */
export async function saveParcels(tx: Tx, shipments: readonly ShipmentDraft[]): Promise<void> {
  if (shipments.length === 0) return;
  const rows = shipments.map(({ shipment_id, tracking_number, weight_grams, capacity }) => {
    return { shipment_id, tracking_number, weight_grams, capacity };
  });
  await sql`
    update shipments s set tracking_number = d.tracking_number, weight_grams = d.weight_grams,
      capacity = d.capacity
    from json_to_recordset(${asJson(rows)}::json) as d(shipment_id uuid, tracking_number text,
      weight_grams double precision, capacity jsonb)
    where s.shipment_id = d.shipment_id`.execute(tx);
}

/** Saves how locked shipments go over hubs, what that costs, and the disruptions known of then. */
export async function saveRoutes(tx: Tx, shipments: readonly ShipmentDraft[]): Promise<void> {
  if (shipments.length === 0) return;
  const rows = shipments.map(({ shipment_id, route, route_parts, cost, ...one }) => {
    const { expected_at, disruption_no } = one;
    return { shipment_id, route, route_parts, cost, expected_at, disruption_no };
  });
  await sql`
    update shipments s set route = d.route, route_parts = d.route_parts, cost = d.cost,
      expected_at = d.expected_at, disruption_no = d.disruption_no
    from json_populate_recordset(null::shipments, ${asJson(rows)}::json) as d
    where s.shipment_id = d.shipment_id`.execute(tx);
}

/** Saves where locked shipments are placed anew: service, plan, capacity, milestones. */
export async function savePlacements(tx: Tx, shipments: readonly ShipmentDraft[]): Promise<void> {
  if (shipments.length === 0) return;
  await sql`
    update shipments s set carrier_id = d.carrier_id, service_id = d.service_id,
      zone_id = d.zone_id, weight_grams = d.weight_grams, cost = d.cost, capacity = d.capacity,
      network_version = d.network_version, pick_from = d.pick_from, pickup_at = d.pickup_at,
      expected_at = d.expected_at, excluded_services = d.excluded_services, tenders = d.tenders,
      milestone_due = d.milestone_due, route = d.route, route_parts = d.route_parts,
      disruption_no = d.disruption_no
    from json_populate_recordset(null::shipments, ${asJson(shipments)}::json) as d
    where s.shipment_id = d.shipment_id`.execute(tx);
}
