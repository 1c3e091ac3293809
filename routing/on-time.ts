/** How surely a plan is at the door by an instant: the same sum that the solver limits. */
import { lawOf, placeIn } from './arrivals.ts';
import type { LaneTable } from './lane-table.ts';
import type { CompiledNetwork } from './network.ts';
import { lawAt } from './routes/route-book.ts';
import { planRoute } from './routes/route-plan.ts';
import { lateRisk } from './transit.ts';
import type { Destination, ParcelPlan } from './types.ts';
import { lawIndex } from './waits.ts';
import { findZones } from './zones.ts';

/**
 * P(all parcels at the door by `due_seconds`), parcels being independent; 0 where one has no lane or
 * route any more. O(parcels × (services of the warehouse there + points)).
 */
export function onTimeProbability(
  network: CompiledNetwork,
  destination: Destination,
  parcels: readonly ParcelPlan[],
  due_seconds: number,
): number {
  const zones = findZones(network.zones.index, destination);
  if (zones.length === 0) return 0;
  const lanes = network.laneCache.towards(zones);
  let risk = 0;
  for (const parcel of parcels) {
    const row = rowOf(network, lanes, parcel);
    if (row === undefined) return 0;
    const arrival = lanes.arrival[row]!;
    const doors = network.calendars.doors[lanes.arrivalZone[arrival]!];
    const pickup = parcel.pickup_seconds;
    const transit = lanes.arrivalTransit[arrival]!;
    const warehouse = network.warehouses.indexOf.get(parcel.warehouse_id)!;
    const law = lawIndex(network.transit, transit, warehouse, pickup);
    const table = lawOf(network, law, pickup);
    if (table === null) return 0;
    risk += lateRisk(table, placeIn(network, law), pickup, due_seconds, doors);
  }
  return Math.exp(-risk);
}

/** The lane of a parcel towards the destination, or its route; undefined where there is none. */
function rowOf(
  network: CompiledNetwork,
  lanes: LaneTable,
  { warehouse_id, service_id, pickup_seconds, carrier_id, route }: ParcelPlan,
): number | undefined {
  const warehouse = network.warehouses.indexOf.get(warehouse_id);
  const service = network.services.indexOf.get(service_id);
  if (warehouse === undefined || service === undefined) return undefined;
  const first = lanes.firstFrom(warehouse);
  const end = lanes.endFrom(warehouse);
  for (let at = first; at < end; at++) {
    const row = lanes.rows[at]!;
    if (lanes.service[row] !== service) continue;
    const place = lanes.arrivalTransit[lanes.arrival[row]!]! - network.transit.fixed;
    if (route === undefined && place < 0) return row;
    if (route === undefined || place < 0) continue;
    const book = network.routes!;
    if (lawAt(book, place, pickup_seconds) === null) continue;
    const planned = planRoute(book, book.routes[place]!, pickup_seconds, carrier_id);
    if (JSON.stringify(planned.steps) === JSON.stringify(route.steps)) return row;
  }
  return undefined;
}
