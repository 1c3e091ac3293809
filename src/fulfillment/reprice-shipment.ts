/** Part of REPRICE: what a disruption means for one shipment, and what is done about it. No I/O. */
import type { ShipmentDraft } from '../../db/shipment-progress.ts';
import {
  keepsPromise,
  otherRoutes,
  priceRoute,
  type RoutedParcel,
  type RoutePrice,
} from '../../routing/index.ts';
import { instantOf, secondsOf } from '../domain/instants.ts';
import { MILESTONES } from '../domain/milestones.ts';
import { partsOf } from '../domain/route.ts';
import { isInWarehouse } from '../domain/shipment.ts';
import { raise, tellOrder, tellShipment } from './batch.ts';
import type { Engine } from './engine.ts';
import { placeShipment } from './place-shipment.ts';
import type { Repricing } from './reprice-shipments.ts';

const HAND_OVER = MILESTONES.indexOf('hand_over');

/** Prices the shipment with what runs now; the draft then carries the newest number. */
export function repriceShipment(
  engine: Engine,
  repricing: Repricing,
  shipment: ShipmentDraft,
): void {
  const { network } = repricing.tender;
  shipment.disruption_no = network.disruption_no;
  if (shipment.route === null) return;
  const parcel = parcelOf(shipment);
  const due = secondsOf(shipment.promise_at);
  const now = priceRoute(network.compiled, parcel, due);
  const { confidence } = network.document.policy;
  const holds = (price: RoutePrice) => keepsPromise(price, due, confidence);
  const { undisrupted_shipments: undisrupted } = repricing.tender.batch;
  if (now !== undefined && holds(now)) {
    undisrupted.add(shipment);
    tell(repricing, shipment, now, 'promise_stands');
    return;
  }
  if (isInWarehouse(shipment.state)) {
    const other = otherRoutes(network.compiled, parcel, due).find(holds);
    if (other !== undefined) {
      undisrupted.add(shipment);
      takeRoute(shipment, other);
      tell(repricing, shipment, other, 'rerouted');
      return;
    }
    if (offerAnew(engine, repricing, shipment)) {
      undisrupted.add(shipment);
      return;
    }
  }
  tell(repricing, shipment, now, 'at_risk');
  raise(repricing.tender.batch, shipment, {
    kind: 'disrupted',
    owner: 'operator',
    reason: 'a disruption on its route endangers the promise, and no other plan keeps it',
    detail: {
      promise_at: shipment.promise_at,
      expected_at: now === undefined ? null : instantOf(now.expected_seconds),
      on_time_probability: now?.on_time_probability ?? 0,
      disruption_no: shipment.disruption_no,
    },
  });
}

/** It leaves by its plan, or left when it was handed over. */
function parcelOf(shipment: ShipmentDraft): RoutedParcel {
  const { warehouse_id, service_id, zone_id, route } = shipment;
  const left = shipment.milestone_met[HAND_OVER] ?? null;
  const pickup_seconds = secondsOf(left ?? shipment.pickup_at);
  return { warehouse_id, service_id, zone_id, pickup_seconds, route: route! };
}

/** The same service by another way: nobody is asked again, its carrier buys other legs. */
function takeRoute(shipment: ShipmentDraft, { route }: RoutePrice): void {
  const { carbon, ...cost } = shipment.cost as {
    readonly freight: number;
    readonly carbon?: number;
  };
  const before = shipment.route!;
  const freight = cost.freight + Math.round(route.cost - before.cost);
  // At the price that it was decided with, which its policy may have no longer.
  const share = before.carbon_grams > 0 ? route.carbon_grams / before.carbon_grams : 1;
  const charged = carbon === undefined ? {} : { carbon: Math.round(carbon * share) };
  shipment.cost = { ...cost, freight, ...charged };
  shipment.route = route;
  shipment.route_parts = partsOf(route);
}

/** Takes an offer back that nobody has accepted, and offers the shipment where the promise is kept. */
function offerAnew(engine: Engine, repricing: Repricing, shipment: ShipmentDraft): boolean {
  const { tender, held, withdrawn } = repricing;
  const { shipment_id, excluded_services, service_id } = shipment;
  const units = held.get(shipment_id) ?? [];
  const isOffered = tender.newest.get(shipment_id)?.state === 'offered';
  if (shipment.state !== 'planned' || !isOffered || units.length === 0) return false;
  const due = secondsOf(shipment.promise_at);
  shipment.excluded_services = [...new Set([...excluded_services, service_id])];
  if (placeShipment(engine, tender, shipment, units, (one) => one.promise_seconds <= due)) {
    withdrawn.push(shipment_id);
    return true;
  }
  shipment.excluded_services = excluded_services;
  return false;
}

/** Journals what is new, if anything is; the promise as it stands moves with it. */
function tell(
  { tender }: Repricing,
  shipment: ShipmentDraft,
  price: RoutePrice | undefined,
  outcome: 'promise_stands' | 'rerouted' | 'at_risk',
): void {
  const { batch } = tender;
  const expected = price === undefined ? null : instantOf(price.expected_seconds);
  if (outcome === 'promise_stands' && expected!.equals(shipment.expected_at)) return;
  if (expected !== null) shipment.expected_at = expected;
  // Its instants as they are now: what a known disruption costs is nothing to learn of a last mile.
  if (price !== undefined) shipment.route = price.route;
  tellShipment(batch, shipment, 'shipment.repriced', {
    outcome,
    expected_at: expected,
    promise_at: shipment.promise_at,
    on_time_probability: price?.on_time_probability ?? 0,
    disruption_no: shipment.disruption_no,
  });
  const order = batch.orders.get(shipment.order_id);
  const before = order?.current_promise_at ?? null;
  if (order === undefined || before === null || price === undefined) return;
  const current_promise_at = instantOf(price.promise_seconds);
  if (Temporal.Instant.compare(current_promise_at, before) <= 0) return;
  order.current_promise_at = current_promise_at;
  const { shipment_id } = shipment;
  tellOrder(batch, order, 'order.promise_moved', { shipment_id, current_promise_at });
}
