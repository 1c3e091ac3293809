/** Part of DECIDE: turns sourced plans into shipments with milestones, first offers and events. */
import type { NewAssignment } from '../../db/assignments.ts';
import type { NewEvent } from '../../db/journal.ts';
import type { NewShipment } from '../../db/shipments.ts';
import type { ParcelPlan } from '../../routing/index.ts';
import { instantText } from '../domain/instants.ts';
import { backOffMilestones } from '../domain/milestones.ts';
import { partsOf } from '../domain/route.ts';
import type { DecidedInBatch } from './decide-batch.ts';
import type { Engine, LiveNetwork } from './engine.ts';

/** A shipment to store, with what goes with it. */
export interface PlannedShipment {
  readonly row: NewShipment;
  readonly parcel: ParcelPlan;
  readonly offer: NewAssignment;
  readonly event: NewEvent;
}

/** What all shipments of a batch are planned with. */
interface Planning {
  readonly newId: Engine['newId'];
  readonly planned_at: Temporal.Instant;
  readonly planned_seconds: number;
  readonly answer_seconds: number;
  readonly lease_until: Temporal.Instant;
  readonly disruption_no: number;
}

/** One shipment per parcel of every sourced plan, offered to its carrier at once. */
export function planShipments(
  engine: Engine,
  network: LiveNetwork,
  decided: readonly DecidedInBatch[],
  now: Temporal.Instant,
  quotedWith: ReadonlyMap<string, number> = new Map(),
): PlannedShipment[] {
  const { lease_seconds } = network.document.policy;
  const planning: Planning = {
    newId: engine.newId,
    planned_at: now,
    planned_seconds: Math.floor(now.epochMilliseconds / 1000),
    answer_seconds: lease_seconds,
    lease_until: now.add({ seconds: lease_seconds }),
    disruption_no: network.disruption_no,
  };
  return decided.flatMap(({ order, result }) =>
    result.outcome === 'sourced'
      ? result.parcels.map((parcel) =>
          planShipment(planningOf(planning, quotedWith.get(order.order_id)), order, parcel),
        )
      : [],
  );
}

/** A plan that was sold knows of the disruptions of then. */
function planningOf(planning: Planning, disruption_no: number | undefined): Planning {
  return disruption_no === undefined ? planning : { ...planning, disruption_no };
}

function planShipment(
  planning: Planning,
  order: DecidedInBatch['order'],
  parcel: ParcelPlan,
): PlannedShipment {
  const { newId, planned_at, lease_until } = planning;
  const shipment_id = newId();
  const { carrier_id, service_id } = parcel;
  const offer = {
    assignment_id: newId(),
    shipment_id,
    carrier_id,
    service_id,
    units: parcel.takes.reduce((sum, take) => sum + take.quantity, 0),
    fencing_token: 1,
    offered_at: planned_at,
    lease_until,
  };
  const row = shipmentRow(shipment_id, planning, order, parcel);
  const event: NewEvent = {
    entity: 'shipment',
    entity_id: shipment_id,
    version: 1,
    type: 'shipment.planned',
    at: planned_at,
    order_id: order.order_id,
    platform_id: order.platform_id,
    warehouse_id: parcel.warehouse_id,
    carrier_id,
    data: {
      state: 'planned',
      service_id,
      zone_id: row.zone_id,
      ...(order.destination.position === undefined ? {} : { position: order.destination.position }),
      pickup_at: instantText(parcel.pickup_seconds),
      expected_at: instantText(parcel.expected_seconds),
      promise_at: instantText(parcel.promise_seconds),
      assignment_id: offer.assignment_id,
      lease_until,
    },
    request_id: order.request_id,
  };
  return { row, parcel, offer, event };
}

function shipmentRow(
  shipment_id: string,
  { planned_seconds, answer_seconds, disruption_no }: Planning,
  order: DecidedInBatch['order'],
  parcel: ParcelPlan,
): NewShipment {
  const due = backOffMilestones({
    planned_seconds,
    pick_from_seconds: parcel.pick_from_seconds,
    ready_seconds: parcel.ready_seconds,
    pickup_seconds: parcel.pickup_seconds,
    promise_seconds: parcel.promise_seconds,
    answer_seconds,
  });
  return {
    shipment_id,
    order_id: order.order_id,
    decision_no: order.decision_no + 1,
    platform_id: order.platform_id,
    warehouse_id: parcel.warehouse_id,
    carrier_id: parcel.carrier_id,
    service_id: parcel.service_id,
    zone_id: parcel.zone_id,
    destination: order.destination,
    weight_grams: parcel.weight_grams,
    cost: parcel.cost,
    capacity: parcel.capacity,
    pick_from: parcel.pick_from_seconds,
    pickup_at: parcel.pickup_seconds,
    promise_at: parcel.promise_seconds,
    expected_at: parcel.expected_seconds,
    milestone_due: due,
    next_due_at: due[0]!,
    ...routeColumns(parcel.route, disruption_no),
  };
}

function routeColumns(route: ParcelPlan['route'], disruption_no: number) {
  return route === undefined ? {} : { route, route_parts: partsOf(route), disruption_no };
}
