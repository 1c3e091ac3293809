/** The parts of a network that a map needs: names and places. Pure. */
import type { Static } from 'typebox';
import type { Zone } from '../../domain/network.ts';
import type { LiveNetwork } from '../../fulfillment/engine.ts';
import type { TowerNetwork } from '../resources/tower-answer.ts';

/** Names and places of a network version. */
export function tellNetwork({ version, document }: LiveNetwork): Static<typeof TowerNetwork> {
  const legs = new Map(document.legs.map((leg) => [`${leg.from_hub_id} ${leg.to_hub_id}`, leg]));
  return {
    network_version: version,
    name: document.name ?? null,
    currency: document.currency,
    warehouses: document.warehouses.map(({ id, name, position, time_zone, parcels_per_day }) => ({
      warehouse_id: id,
      name: name ?? null,
      position,
      time_zone,
      parcels_per_day: parcels_per_day ?? null,
    })),
    hubs: document.hubs.map(({ id, name, position }) => ({
      hub_id: id,
      name: name ?? null,
      position,
    })),
    legs: [...legs.values()].map(({ from_hub_id, to_hub_id }) => ({ from_hub_id, to_hub_id })),
    zones: document.zones.map((zone) => ({ zone_id: zone.id, position: centreOf(zone) })),
    carriers: document.carriers.map(({ id, name }) => ({ carrier_id: id, name: name ?? null })),
    services: document.services.map(({ id, carrier_id, name }) => ({
      service_id: id,
      carrier_id,
      name: name ?? null,
    })),
  };
}

/** The middle of a drawn zone; null where it is told by postal codes alone. */
function centreOf({ circle, polygon }: Zone): [number, number] | null {
  if (circle !== undefined) return circle.center;
  return polygon === undefined ? null : centroid(polygon[0]!);
}

/** Centroid of a closed ring (the shoelace formula); of a flat one the mean of its corners. */
function centroid(ring: readonly (readonly [number, number])[]): [number, number] {
  let area = 0;
  let x = 0;
  let y = 0;
  ring.forEach(([lon, lat], at) => {
    const [nextLon, nextLat] = ring[(at + 1) % ring.length]!;
    const cross = lon * nextLat - nextLon * lat;
    area += cross;
    x += (lon + nextLon) * cross;
    y += (lat + nextLat) * cross;
  });
  if (area !== 0) return [x / (3 * area), y / (3 * area)];
  const mean = (axis: 0 | 1) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length;
  return [mean(0), mean(1)];
}
