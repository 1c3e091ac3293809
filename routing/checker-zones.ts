/**
 * The checker's view of where an order goes: which zones contain its destination, most specific first.
 * Zones are judged one by one; a table of postal prefixes only says which ones can be worth judging.
 */
import type { CheckedNetwork } from './checker-document.ts';
import type { Way } from './checker-ways.ts';
import type { Destination, NetworkInput, ZoneInput } from './types.ts';

/** Places, ways and departures remembered of one network before all are forgotten: ~30 MB. */
const MOST_REMEMBERED = 50_000;

const compact = (code: string): string =>
  /^[A-Z0-9]*$/.test(code)
    ? code
    : [...code.toUpperCase()].filter((c) => /[A-Z0-9]/.test(c)).join('');

function onEdge(p: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  const cross = (b[0]! - a[0]!) * (p[1]! - a[1]!) - (b[1]! - a[1]!) * (p[0]! - a[0]!);
  const dot = (p[0]! - a[0]!) * (p[0]! - b[0]!) + (p[1]! - a[1]!) * (p[1]! - b[1]!);
  return cross === 0 && dot <= 0;
}

/** Even-odd rule over all rings; points on an edge are inside. */
function inPolygon(rings: NonNullable<ZoneInput['polygon']>, p: readonly number[]): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i]!;
      const b = ring[j]!;
      if (onEdge(p, a, b)) return true;
      const crosses = a[1] > p[1]! !== b[1] > p[1]!;
      if (crosses && p[0]! < ((b[0] - a[0]) * (p[1]! - a[1])) / (b[1] - a[1]) + a[0])
        inside = !inside;
    }
  }
  return inside;
}

/** Great-circle metres on the mean sphere (haversine). */
function metresBetween(a: readonly number[], b: readonly number[]): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const lat = Math.sin(radians(b[1]! - a[1]!) / 2) ** 2;
  const lon = Math.sin(radians(b[0]! - a[0]!) / 2) ** 2;
  const h = lat + lon * Math.cos(radians(a[1]!)) * Math.cos(radians(b[1]!));
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A zone of the document with its prefixes as they are compared. */
interface ReadZone {
  readonly zone: ZoneInput;
  readonly prefixes: readonly string[];
}

/** Zones of one country by what can make them contain a destination, and the places judged before. */
export interface PlacesOfCountry {
  readonly byPrefix: Map<string, ReadZone[]>;
  /** Zones with a circle or a polygon. */
  readonly shapes: ReadZone[];
  /** Zones that are the whole country. */
  readonly whole: ReadZone[];
  /** Places by postal code, where codes alone tell them. */
  readonly byCode: Map<string, Place>;
  /** Places by the ids of their zones. */
  readonly byZones: Map<string, Place>;
}

/** Everywhere that the same zones contain, with the ways of getting there (see `checker-ways.ts`). */
export interface Place {
  /** Ids, most specific first. */
  readonly zones: readonly string[];
  readonly ways: Map<number, Way | null>;
}

const NOWHERE: Place = { zones: [], ways: new Map() };

/** Reads the zones of a document by country. O(zones + prefixes). */
export function readZones(input: NetworkInput): ReadonlyMap<string, PlacesOfCountry> {
  const countries = new Map<string, PlacesOfCountry>();
  for (const zone of input.zones) {
    let own = countries.get(zone.country);
    if (own === undefined) {
      const places = { byCode: new Map<string, Place>(), byZones: new Map<string, Place>() };
      own = { byPrefix: new Map(), shapes: [], whole: [], ...places };
      countries.set(zone.country, own);
    }
    const row = { zone, prefixes: (zone.postal_prefixes ?? []).map(compact) };
    const { circle, polygon, postal_prefixes } = zone;
    if (circle || polygon) own.shapes.push(row);
    else if (!postal_prefixes) own.whole.push(row);
    for (const prefix of new Set(row.prefixes)) {
      const same = own.byPrefix.get(prefix);
      if (same === undefined) own.byPrefix.set(prefix, [row]);
      else same.push(row);
    }
  }
  return countries;
}

/** How specifically a zone contains a destination: [kind, order within]; undefined = not at all. */
function containment(
  { zone, prefixes }: ReadZone,
  to: Destination,
  code: string,
): [number, number] | undefined {
  const { circle, polygon, postal_prefixes } = zone;
  if (circle && to.position && metresBetween(circle.center, to.position) <= circle.radius_metres) {
    return [0, circle.radius_metres];
  }
  let longest = -1;
  for (const prefix of prefixes) {
    if (prefix.length > longest && code.startsWith(prefix)) longest = prefix.length;
  }
  if (longest >= 0) return [1, -longest];
  if (polygon && to.position && inPolygon(polygon, to.position)) return [2, 0];
  return circle || polygon || postal_prefixes ? undefined : [3, 0];
}

type Rank = readonly [number, number, string];

const before = (a: Rank, b: Rank): boolean =>
  a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];

/** Ids of the zones that contain a destination, most specific first. */
function judge(country: PlacesOfCountry, to: Destination): string[] {
  const code = compact(to.postal_code);
  const worth = new Set(country.whole);
  for (let end = 0; end <= code.length; end++) {
    for (const row of country.byPrefix.get(code.slice(0, end)) ?? []) worth.add(row);
  }
  if (to.position !== undefined) for (const row of country.shapes) worth.add(row);
  const ranked: Rank[] = [];
  for (const row of worth) {
    const found = containment(row, to, code);
    if (found !== undefined) ranked.push([...found, row.zone.id]);
  }
  return ranked.sort((a, b) => (before(a, b) ? -1 : 1)).map(([, , id]) => id);
}

function forget({ countries, arrivals, memory }: CheckedNetwork): void {
  memory.size = 0;
  arrivals.clear();
  for (const { byCode, byZones } of countries.values()) {
    byCode.clear();
    byZones.clear();
  }
}

/** Where a destination is. O(1) for one known by its code, else O(zones that may contain it). */
export function placeOf(network: CheckedNetwork, to: Destination): Place {
  if (network.memory.size > MOST_REMEMBERED) forget(network);
  const country = network.countries.get(to.country);
  if (country === undefined) return NOWHERE;
  // Shapes contain positions: there the code does not tell all.
  const byCode = to.position === undefined || country.shapes.length === 0;
  const known = byCode ? country.byCode.get(to.postal_code) : undefined;
  if (known !== undefined) return known;
  const zones = judge(country, to);
  if (zones.length === 0) return NOWHERE;
  const key = zones.join('\n');
  let place = country.byZones.get(key);
  if (place === undefined) {
    place = { zones, ways: new Map() };
    country.byZones.set(key, place);
    network.memory.size++;
  }
  if (byCode) {
    country.byCode.set(to.postal_code, place);
    network.memory.size++;
  }
  return place;
}
