/** How surely a plan is at the door by an instant: the same sum that the solver limits. */
import type { CompiledNetwork } from './network.ts';
import { lateRisk } from './transit.ts';
import type { Destination, ParcelPlan } from './types.ts';
import { findZones } from './zones.ts';

/**
 * P(all parcels at the door by `due_seconds`), parcels being independent; 0 where one has no lane any
 * more. O(parcels × (services of the warehouse there + points)).
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
  for (const { warehouse_id, service_id, pickup_seconds } of parcels) {
    const warehouse = network.warehouses.indexOf.get(warehouse_id) ?? -1;
    const service = network.services.indexOf.get(service_id) ?? -1;
    const row = lanes.service.indexOf(service, lanes.start[warehouse] ?? lanes.service.length);
    if (service < 0 || row < 0 || row >= lanes.start[warehouse + 1]!) return 0;
    const arrival = lanes.arrival[row]!;
    const doors = network.calendars.doors[lanes.arrivalZone[arrival]!];
    const transit = lanes.arrivalTransit[arrival]!;
    risk += lateRisk(network.transit, transit, pickup_seconds, due_seconds, doors);
  }
  return Math.exp(-risk);
}
