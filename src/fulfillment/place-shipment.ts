/** Part of TENDER: finds the next best carrier for one shipment and plans it anew. No I/O. */

import type { OrderDraft, ShipmentDraft } from '../../db/shipment-progress.ts';
import type { HeldRow } from '../../db/units.ts';
import { type ParcelPlan, type SourcingOrder, sourceAtPrices } from '../../routing/index.ts';
import { instantOf } from '../domain/instants.ts';
import { replanMilestones } from '../domain/milestones.ts';
import { partsOf } from '../domain/route.ts';
import { lostParcel, tellOrder, tellShipment } from './batch.ts';
import type { Engine } from './engine.ts';
import { putOnBoard, takeOffBoard } from './tender-board.ts';
import type { TenderBatch } from './tender-shipments.ts';

/** Solver steps for one shipment: one warehouse and one parcel need few. */
const MOST_WORK = 100_000;

/**
 * Offers the shipment to the next best carrier; false when there is none. Carriers that have not
 * been asked come first; another service of one that said no comes after them. A carrier that let
 * its lease lapse is not asked again at all: it is not answering. A plan that is not wanted does not count.
 */
export function placeShipment(
  engine: Engine,
  tender: TenderBatch,
  shipment: ShipmentDraft,
  held: readonly HeldRow[],
  isWanted: (parcel: ParcelPlan) => boolean = () => true,
): boolean {
  const { board, network, prices } = tender;
  putOnBoard(board, held, shipment.capacity);
  let parcel: ParcelPlan | null = null;
  for (const excluded of exclusions(tender, shipment)) {
    const problem = problemOf(tender, shipment, held, excluded);
    const work = Math.min(MOST_WORK, engine.config.solver_work_max);
    const result = sourceAtPrices(network.compiled, board, problem, { work }, prices);
    if (result.outcome !== 'sourced' || result.parcels.length !== 1) continue;
    if (!isWanted(result.parcels[0]!)) continue;
    parcel = result.parcels[0]!;
    break;
  }
  takeOffBoard(board, held, (parcel ?? shipment).capacity);
  if (parcel === null) return false;
  tender.given_back.push(...shipment.capacity);
  tender.taken.push(...parcel.capacity);
  moveTo(tender, shipment, parcel);
  offer(engine, tender, shipment, held);
  movePromise(tender, shipment, parcel);
  return true;
}

/** Services not to use, in the order to try: those of all carriers asked, then those tried. */
function exclusions(tender: TenderBatch, shipment: ShipmentDraft): string[][] {
  const tried = new Set(shipment.excluded_services);
  const { services } = tender.network.document;
  const asked = new Set(services.filter((s) => tried.has(s.id)).map((s) => s.carrier_id));
  asked.add(shipment.carrier_id);
  const ofAsked = services.filter((s) => tried.has(s.id) || asked.has(s.carrier_id));
  const everything = ofAsked.map((service) => service.id);
  if (tender.newest.get(shipment.shipment_id)?.state === 'expired') {
    const silent = services.filter((service) => service.carrier_id === shipment.carrier_id);
    for (const service of silent) tried.add(service.id);
    shipment.excluded_services = [...tried];
  }
  return everything.length === tried.size ? [[...tried]] : [everything, [...tried]];
}

function problemOf(
  tender: TenderBatch,
  shipment: ShipmentDraft,
  held: readonly HeldRow[],
  excluded_services: readonly string[],
): SourcingOrder {
  const { country, postal_code, position } = shipment.destination;
  const lines = [...Map.groupBy(held, (row) => row.line_no)].map(([line_no, rows]) => {
    const weight = rows.reduce((sum, row) => sum + (row.weight_grams ?? 0), 0);
    return {
      line_no,
      sku_id: rows[0]!.sku_id,
      quantity: rows.reduce((sum, row) => sum + row.quantity, 0),
      ...(rows[0]!.weight_grams === null ? {} : { weight_grams: weight }),
    };
  });
  return {
    at_seconds: Math.floor(tender.batch.at.epochMilliseconds / 1000),
    destination: { country, postal_code, ...(position === undefined ? {} : { position }) },
    lines,
    deliver_by_seconds: wantedBy(shipment, tender.batch.orders.get(shipment.order_id)),
    excluded_services,
    only_warehouses: [shipment.warehouse_id],
  };
}

/** Lateness is priced against what was sold, or against what the buyer asked for if that is sooner. */
function wantedBy(shipment: ShipmentDraft, order: OrderDraft | undefined): number {
  const promise = shipment.promise_at.epochMilliseconds;
  const asked = order?.deliver_by?.epochMilliseconds ?? promise;
  return Math.floor(Math.min(promise, asked) / 1000);
}

function moveTo(tender: TenderBatch, shipment: ShipmentDraft, parcel: ParcelPlan): void {
  const { batch, network, placed } = tender;
  batch.moved_parcels.push(lostParcel(shipment));
  shipment.carrier_id = parcel.carrier_id;
  shipment.service_id = parcel.service_id;
  shipment.zone_id = parcel.zone_id;
  batch.moved_parcels.push({ ...lostParcel(shipment), parcels: 1 });
  shipment.weight_grams = parcel.weight_grams;
  shipment.cost = parcel.cost;
  shipment.capacity = parcel.capacity;
  shipment.network_version = network.version;
  shipment.pick_from = instantOf(parcel.pick_from_seconds);
  shipment.pickup_at = instantOf(parcel.pickup_seconds);
  shipment.expected_at = instantOf(parcel.expected_seconds);
  shipment.route = parcel.route ?? null;
  shipment.route_parts = parcel.route === undefined ? null : partsOf(parcel.route);
  shipment.disruption_no = network.disruption_no;
  const plan = {
    planned_seconds: Math.floor(batch.at.epochMilliseconds / 1000),
    pick_from_seconds: parcel.pick_from_seconds,
    ready_seconds: parcel.ready_seconds,
    pickup_seconds: parcel.pickup_seconds,
    promise_seconds: Math.floor(shipment.promise_at.epochMilliseconds / 1000),
    answer_seconds: network.document.policy.lease_seconds,
  };
  Object.assign(shipment, replanMilestones(shipment, plan));
  placed.push(shipment);
}

function offer(
  engine: Engine,
  tender: TenderBatch,
  shipment: ShipmentDraft,
  held: readonly HeldRow[],
): void {
  const { batch, newest, network } = tender;
  const ended = newest.get(shipment.shipment_id);
  shipment.tenders += 1;
  const assignment = {
    assignment_id: engine.newId(),
    shipment_id: shipment.shipment_id,
    carrier_id: shipment.carrier_id,
    service_id: shipment.service_id,
    units: held.reduce((sum, row) => sum + row.quantity, 0),
    fencing_token: shipment.tenders,
    offered_at: batch.at,
    lease_until: batch.at.add({ seconds: network.document.policy.lease_seconds }),
  };
  tender.offers.push(assignment);
  tellShipment(batch, shipment, 'shipment.offered', {
    assignment_id: assignment.assignment_id,
    fencing_token: assignment.fencing_token,
    service_id: shipment.service_id,
    pickup_at: shipment.pickup_at,
    expected_at: shipment.expected_at,
    lease_until: assignment.lease_until,
    after: { assignment_id: ended?.assignment_id, state: ended?.state },
  });
}

/** What is expected now may move; what was sold does not. */
function movePromise(tender: TenderBatch, shipment: ShipmentDraft, parcel: ParcelPlan): void {
  const order = tender.batch.orders.get(shipment.order_id);
  const before = order?.current_promise_at ?? null;
  if (order === undefined || before === null) return;
  const now = instantOf(parcel.promise_seconds);
  if (Temporal.Instant.compare(now, before) <= 0) return;
  order.current_promise_at = now;
  const { shipment_id } = shipment;
  tellOrder(tender.batch, order, 'order.promise_moved', { shipment_id, current_promise_at: now });
}
