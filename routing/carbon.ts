/**
 * The price of carbon: what a policy charges for what a parcel emits. Over hubs that is what the legs
 * state of a parcel; else its weight over the great circle to the door, times what the service states
 * (ISO 14083 counts transport so: mass × distance × intensity). Whatever is not stated, or a door that
 * nobody knows the place of, has no price: it is not known to emit nothing.
 */
import type { CompiledNetwork } from './network.ts';
import { roundMoney } from './rates.ts';
import type { Destination } from './types.ts';

/** What one order's parcels pay for carbon. */
export interface CarbonPrice {
  /** Minor units per gram of CO2e. */
  readonly perGram: number;
  readonly door: Destination['position'];
  /** Kilometres from each warehouse to the door; NaN where not yet asked for. */
  readonly km: Float64Array;
}

/** The price of carbon for a destination; undefined where the policy has none. O(warehouses). */
export function carbonPrice(
  { policy, warehouses }: CompiledNetwork,
  { position }: Destination,
): CarbonPrice | undefined {
  const perKg = policy.carbon_per_kg ?? 0;
  if (perKg === 0) return undefined;
  const km = new Float64Array(warehouses.ids.length).fill(Number.NaN);
  return { perGram: perKg / 1000, door: position, km };
}

/**
 * Charged for the carbon of a parcel of so many milligrams from a warehouse by a lane, minor units,
 * rounded; 0 without a price. O(1).
 */
export function carbonCost(
  { network, carbon }: { network: CompiledNetwork; carbon: CarbonPrice | undefined },
  warehouse: number,
  lane: number,
  mg: number,
): number {
  if (carbon === undefined) return 0;
  return roundMoney(carbon.perGram * gramsOf(network, carbon, { warehouse, lane, mg }));
}

function gramsOf(
  { lanes, transit, routes, services, warehouses }: CompiledNetwork,
  { door, km }: CarbonPrice,
  { warehouse, lane, mg }: { warehouse: number; lane: number; mg: number },
): number {
  const route = lanes.transit[lane]! - transit.fixed;
  if (route >= 0) return routes!.routes[route]!.itinerary.carbon;
  const factor = services.carbonPerTonneKm[lanes.service[lane]!]!;
  if (factor === 0 || door === undefined) return 0;
  if (Number.isNaN(km[warehouse]!)) {
    km[warehouse] = greatCircleKm(warehouses.positions[warehouse]!, door);
  }
  return (mg / 1e9) * km[warehouse]! * factor;
}

const EARTH_KM = 6371.0088;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Kilometres between two [lon, lat], degrees, on the mean sphere (haversine). O(1). */
export function greatCircleKm(
  from: readonly [number, number],
  to: readonly [number, number],
): number {
  const lat = Math.sin(radians(to[1] - from[1]) / 2) ** 2;
  const lon = Math.sin(radians(to[0] - from[0]) / 2) ** 2;
  const h = lat + lon * Math.cos(radians(from[1])) * Math.cos(radians(to[1]));
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
