/** Brings parcels onto the map: all that are open at first, then what the journal tells. */
import type { Answered, TowerParcels } from '../../../api/resources/tower-answer.ts';
import type { MilestoneKind } from '../../../domain/milestones.ts';
import type { ShipmentState } from '../../../domain/shipment.ts';
import type { LiveEvent } from '../live-event.ts';
import type { Lonlat } from '../places.ts';
import { type Curve, curveBetween } from './curve.ts';
import { type Fleet, place, RISK, STAGE, scatter } from './fleet.ts';

export type ParcelsAnswer = Answered<typeof TowerParcels>;

/** Where things are on the sheet. */
export interface Atlas {
  warehouse(id: string): readonly [number, number] | null;
  zone(id: string): readonly [number, number] | null;
  point(place: Lonlat): readonly [number, number];
}

/** How far (units of the sheet) doors of a zone are scattered around its middle. */
const ZONE_SPREAD = 12;
/** How far (units) a parcel is drawn from its warehouse when nobody has said where it goes. */
const UNKNOWN_REACH = 60;

const MILESTONES: readonly MilestoneKind[] = [
  ...(['release', 'pick', 'pack', 'hand_over'] as const),
  ...(['first_scan', 'out_for_delivery', 'delivered'] as const),
];

/** The last milestone that a state proves met. */
const MET: Partial<Record<ShipmentState, number>> = {
  released: 0,
  picked: 1,
  packed: 2,
  handed_over: 3,
  in_transit: 4,
  out_for_delivery: 5,
  delivered: 6,
};

/** The stage of a state; null = it changes nothing on the map. */
export function stageOf(state: string): number | null {
  if (['planned', 'released', 'picked', 'packed'].includes(state)) return STAGE.house;
  if (['handed_over', 'in_transit', 'out_for_delivery'].includes(state)) return STAGE.moving;
  if (state === 'delivered') return STAGE.arriving;
  return ['returned', 'lost', 'cancelled'].includes(state) ? STAGE.vanishing : null;
}

/** The way of one parcel; null while the map does not know its warehouse. */
export function wayOf(
  atlas: Atlas,
  shipment_id: string,
  warehouse_id: string,
  zone_id: string,
  door: Lonlat | null,
): Curve | null {
  const start = atlas.warehouse(warehouse_id);
  if (start === null) return null;
  if (door !== null) return curveBetween(start, atlas.point(door));
  const angle = scatter(shipment_id) * Math.PI * 2;
  const reach = Math.sqrt(scatter(`${shipment_id}r`));
  const zone = atlas.zone(zone_id);
  const [x, y] = zone ?? start;
  const far = zone === null ? UNKNOWN_REACH : ZONE_SPREAD * reach;
  return curveBetween(start, [x + Math.cos(angle) * far, y + Math.sin(angle) * far]);
}

/** Puts a page of open parcels on the map. */
export function placePage(fleet: Fleet, atlas: Atlas, page: ParcelsAnswer): void {
  const stages = page.states.map((state) => stageOf(state) ?? STAGE.house);
  for (let at = 0; at < page.shipment_id.length; at += 1) {
    const shipment_id = page.shipment_id[at]!;
    const curve = wayOf(
      atlas,
      shipment_id,
      page.warehouses[page.warehouse[at]!]!,
      page.zones[page.zone[at]!]!,
      page.position[at] as Lonlat | null,
    );
    if (curve === null) continue;
    const pickup_seconds = page.pickup_seconds[at]!;
    const expected_seconds = page.expected_seconds[at]!;
    const put = place(fleet, {
      ...{ shipment_id, order_id: page.order_id[at]!, curve, pickup_seconds, expected_seconds },
      stage: stages[page.state[at]!]!,
      risk: page.risk[at]!,
    });
    // What was under way before the viewer came is shown where it is, not setting out.
    if (fleet.stage[put] === STAGE.moving) fleet.shown[put] = 0.5;
  }
}

/** What an event of a shipment was for the map. */
export type Happening = 'planned' | 'moved' | 'endangered' | null;

/** Takes in one event of a shipment. */
export function takeShipmentEvent(fleet: Fleet, atlas: Atlas, event: LiveEvent): Happening {
  const { entity_id, type, data } = event;
  if (type === 'shipment.planned') return plan(fleet, atlas, event) ? 'planned' : null;
  const at = fleet.index.get(entity_id);
  if (at === undefined) return null;
  fleet.changes += 1;
  if (type === 'milestone.at_risk' || type === 'milestone.breached')
    return endanger(fleet, at, event);
  const state = String(data.state) as ShipmentState;
  const stage = stageOf(state);
  if (stage !== null && stage >= fleet.stage[at]!) fleet.stage[at] = stage;
  const met = MET[state];
  const isStillOwed = met === undefined || fleet.risk_milestone[at]! > met;
  if (fleet.risk[at] === RISK.at_risk && !isStillOwed) fleet.risk[at] = RISK.none;
  if (typeof data.pickup_at === 'string') fleet.pickup[at] = Date.parse(data.pickup_at) / 1000;
  if (typeof data.expected_at === 'string') {
    fleet.expected[at] = Date.parse(data.expected_at) / 1000;
  }
  return 'moved';
}

function plan(fleet: Fleet, atlas: Atlas, event: LiveEvent): boolean {
  const { entity_id, order_id, warehouse_id, data } = event;
  if (warehouse_id === null || order_id === null) return false;
  if (fleet.index.has(entity_id)) return false;
  const door = Array.isArray(data.position) ? (data.position as unknown as Lonlat) : null;
  const curve = wayOf(atlas, entity_id, warehouse_id, String(data.zone_id), door);
  if (curve === null) return false;
  place(fleet, {
    ...{ shipment_id: entity_id, order_id, curve, stage: STAGE.house, risk: RISK.none },
    pickup_seconds: Date.parse(String(data.pickup_at)) / 1000,
    expected_seconds: Date.parse(String(data.expected_at ?? data.promise_at)) / 1000,
  });
  return true;
}

function endanger(fleet: Fleet, at: number, { type, data }: LiveEvent): Happening {
  const milestone = MILESTONES.indexOf(String(data.milestone) as MilestoneKind);
  const isLast = milestone === MILESTONES.length - 1;
  if (type === 'milestone.breached' && isLast) {
    fleet.risk[at] = RISK.breached;
    return 'endangered';
  }
  // A deadline that was met too late is a mark on somebody's scorecard, and no danger any more.
  if (fleet.risk[at] === RISK.breached || data.met_at != null) return null;
  fleet.risk[at] = RISK.at_risk;
  fleet.risk_milestone[at] = milestone;
  return 'endangered';
}
