/** Part of DECIDE: turns sourced plans into shipments with milestones, first offers and events. */

import type { NewAssignment } from '../../db/assignments.ts';
import type { NewEvent } from '../../db/journal.ts';
import type { NewShipment } from '../../db/shipments.ts';
import type { ParcelPlan } from '../../routing/index.ts';
import { instantOf } from '../domain/instants.ts';
import { startMilestones } from '../domain/milestones.ts';
import type { DecidedInBatch } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';

/** A shipment to store, with what goes with it. */
export interface PlannedShipment {
  readonly row: NewShipment;
  readonly parcel: ParcelPlan;
  readonly offer: NewAssignment;
  readonly event: NewEvent;
}

/** One shipment per parcel of every sourced plan, offered to its carrier at once. */
export function planShipments(
  engine: Engine,
  network: LiveNetwork,
  decided: readonly DecidedInBatch[],
  now: Temporal.Instant,
): PlannedShipment[] {
  return decided.flatMap(({ order, result }) =>
    result.outcome === 'sourced'
      ? result.parcels.map((parcel) => planShipment(engine, network, order, parcel, now))
      : [],
  );
}

function planShipment(
  engine: Engine,
  network: LiveNetwork,
  order: DecidedInBatch['order'],
  parcel: ParcelPlan,
  now: Temporal.Instant,
): PlannedShipment {
  const shipment_id = engine.newId();
  const { carrier_id, service_id } = parcel;
  const offer = {
    assignment_id: engine.newId(),
    shipment_id,
    carrier_id,
    service_id,
    units: parcel.takes.reduce((sum, take) => sum + take.quantity, 0),
    fencing_token: 1,
    offered_at: now,
    lease_until: now.add({ seconds: network.document.policy.lease_seconds }),
  };
  const row = shipmentRow(shipment_id, network, order, parcel, now);
  const event: NewEvent = {
    entity: 'shipment',
    entity_id: shipment_id,
    version: 1,
    type: 'shipment.planned',
    at: now,
    order_id: order.order_id,
    platform_id: order.platform_id,
    warehouse_id: parcel.warehouse_id,
    carrier_id,
    data: {
      state: 'planned',
      service_id,
      pickup_at: row.pickup_at,
      promise_at: row.promise_at,
      assignment_id: offer.assignment_id,
      lease_until: offer.lease_until,
    },
    request_id: order.request_id,
  };
  return { row, parcel, offer, event };
}

function shipmentRow(
  shipment_id: string,
  network: LiveNetwork,
  order: DecidedInBatch['order'],
  parcel: ParcelPlan,
  now: Temporal.Instant,
): NewShipment {
  return {
    shipment_id,
    order_id: order.order_id,
    decision_no: order.decision_no + 1,
    platform_id: order.platform_id,
    warehouse_id: parcel.warehouse_id,
    carrier_id: parcel.carrier_id,
    service_id: parcel.service_id,
    zone_id: parcel.zone_id,
    state: 'planned',
    version: 1,
    destination: order.destination,
    weight_grams: parcel.weight_grams,
    cost: parcel.cost,
    capacity: parcel.capacity,
    network_version: network.version,
    planned_at: now,
    pick_from: instantOf(parcel.pick_from_seconds),
    pickup_at: instantOf(parcel.pickup_seconds),
    promise_at: instantOf(parcel.promise_seconds),
    expected_at: instantOf(parcel.expected_seconds),
    excluded_services: [],
    tenders: 1,
    ...startMilestones({
      planned_seconds: Math.floor(now.epochMilliseconds / 1000),
      pick_from_seconds: parcel.pick_from_seconds,
      ready_seconds: parcel.ready_seconds,
      pickup_seconds: parcel.pickup_seconds,
      promise_seconds: parcel.promise_seconds,
      answer_seconds: network.document.policy.lease_seconds,
    }),
  };
}
