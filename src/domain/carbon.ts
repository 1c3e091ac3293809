/** Carbon of a plan: what the legs of a route state, or weight × way × what the service states. */
import type { Position } from './network.ts';

/** A parcel on its way from one place to another. */
export interface Haul {
  readonly weight_grams: number;
  readonly from: Position | undefined;
  readonly to: Position | undefined;
  /** As the network gives it for the service; undefined = it does not. */
  readonly carbon_grams_per_tonne_km: number | undefined;
}

/** A parcel over hubs, whose legs state what it emits. */
export interface RoutedHaul {
  readonly carbon_grams: number;
}

/**
 * Grams of CO2e of some parcels together, direct ones over the great circle of each; null where a place or a
 * factor is not known: an unknown is not a zero.
 */
export function carbonGrams(hauls: readonly (Haul | RoutedHaul)[]): number | null {
  let grams = 0;
  for (const haul of hauls) {
    if ('carbon_grams' in haul) {
      grams += haul.carbon_grams;
      continue;
    }
    const { weight_grams, from, to, carbon_grams_per_tonne_km: factor } = haul;
    if (from === undefined || to === undefined || factor === undefined) return null;
    grams += (weight_grams / 1e6) * greatCircleKm(from, to) * factor;
  }
  return grams;
}

const EARTH_KM = 6371.0088;

/** Great-circle kilometres on the mean sphere (haversine). */
export function greatCircleKm(from: Position, to: Position): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const lat = Math.sin(radians(to[1] - from[1]) / 2) ** 2;
  const lon = Math.sin(radians(to[0] - from[0]) / 2) ** 2;
  const h = lat + lon * Math.cos(radians(from[1])) * Math.cos(radians(to[1]));
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
