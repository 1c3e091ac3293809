/**
 * Zones of a destination. Carriers zone differently, so a destination may lie in several zones;
 * they come most specific first: circles (smallest first), postal prefixes (longest first),
 * polygons, whole countries, and equal ones by id.
 */
import { type Area, type AreaIndex, indexAreas } from './areas.ts';
import type { Destination, ZoneInput } from './types.ts';

/** Look-up structure over zones; a zone is its index in the list it was built from. */
export interface ZoneIndex {
  readonly prefixes: ReadonlyMap<string, readonly number[]>;
  readonly longest: number;
  readonly countries: ReadonlyMap<string, readonly number[]>;
  readonly countryOf: readonly string[];
  readonly radius: Float64Array;
  readonly areas: AreaIndex;
}

/** Postal codes compare without case, blanks and hyphens. O(length). */
export function normalPostalCode(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function append(map: Map<string, number[]>, key: string, zone: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [zone]);
  else if (!list.includes(zone)) list.push(zone);
}

/** Indexes zones (in order of id). O(prefixes × zones that share one + shapes log shapes). */
export function indexZones(zones: readonly ZoneInput[]): ZoneIndex {
  const prefixes = new Map<string, number[]>();
  const countries = new Map<string, number[]>();
  const radius = new Float64Array(zones.length);
  const shapes: Area[] = [];
  let longest = 0;
  zones.forEach((zone, i) => {
    for (const prefix of zone.postal_prefixes ?? []) {
      const normal = normalPostalCode(prefix);
      append(prefixes, `${zone.country}/${normal}`, i);
      longest = Math.max(longest, normal.length);
    }
    if (zone.polygon) shapes.push({ kind: 'polygon', owner: i, rings: zone.polygon });
    if (zone.circle) {
      const { center, radius_metres } = zone.circle;
      shapes.push({ kind: 'circle', owner: i, center, radiusMetres: radius_metres });
      radius[i] = radius_metres;
    }
    const whole = !zone.postal_prefixes && !zone.polygon && !zone.circle;
    if (whole) append(countries, zone.country, i);
  });
  const countryOf = zones.map((zone) => zone.country);
  return { prefixes, longest, countries, countryOf, radius, areas: indexAreas(shapes) };
}

/** Zones that contain the destination, most specific first. O(code length + log shapes + shapes found). */
export function findZones(index: ZoneIndex, destination: Destination): number[] {
  const { country, position } = destination;
  const circles: number[] = [];
  const polygons: number[] = [];
  for (const area of position === undefined ? [] : index.areas(position)) {
    if (index.countryOf[area.owner] !== country) continue;
    (area.kind === 'circle' ? circles : polygons).push(area.owner);
  }
  circles.sort((a, b) => index.radius[a]! - index.radius[b]! || a - b);
  polygons.sort((a, b) => a - b);
  const found = new Set(circles);
  const code = normalPostalCode(destination.postal_code);
  for (let length = Math.min(index.longest, code.length); length >= 0; length--) {
    const zones = index.prefixes.get(`${country}/${code.slice(0, length)}`);
    if (zones !== undefined) for (const zone of zones) found.add(zone);
  }
  for (const zone of polygons) found.add(zone);
  for (const zone of index.countries.get(country) ?? []) found.add(zone);
  return [...found];
}
