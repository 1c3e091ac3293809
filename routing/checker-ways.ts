/**
 * The checker's view of getting from a warehouse to a place by a service: which lane counts, and what
 * follows from each pickup. Both are worked out from the document when first asked for and remembered.
 */
import type { Clock } from './checker-clock.ts';
import type { CheckedNetwork, ReadService, ReadWarehouse } from './checker-document.ts';
import type { Resource } from './checker-stock.ts';
import type { Place } from './checker-zones.ts';
import type { RateInput, ServiceInput, TransitTimeInput, ZoneInput } from './types.ts';

type Points = TransitTimeInput['quantiles'];

/** The lane that counts, the zone it counts for, and what it names. */
export interface Way {
  readonly lane: ServiceInput['lanes'][number];
  readonly zone: ZoneInput;
  readonly rates: readonly (RateInput | null)[];
  readonly points: Points | undefined;
  /** Resource of the service at the warehouse. */
  readonly resource: Resource;
  /** By pickup; the last one is at hand. */
  readonly departures: Map<number, Departure>;
  last: Departure | undefined;
}

/** What follows from a pickup; instants are epoch seconds. */
export interface Departure {
  readonly pickup: number;
  readonly is_pickup: boolean;
  /** 00:00 UTC of the warehouse's date. */
  readonly day: number;
  readonly promise: number;
  readonly expected: number;
  readonly law: DoorLaw;
}

/**
 * The distribution of the instant at the door: parts [from, to, probability], flat, each uniform on
 * its span (one instant where the span is empty), in order of time; and its first, last and mean.
 */
export interface DoorLaw {
  readonly parts: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly mean: number;
}

/** The lane for a service: most specific zone, catch-all last, then first; undefined = none. */
export function laneOf(
  { lanes }: Pick<ReadService, 'lanes'>,
  warehouseId: string,
  zones: readonly string[],
): { lane: ServiceInput['lanes'][number]; zone: string } | undefined {
  for (const zone of zones) {
    for (const row of lanes) {
      if (row.zones?.has(zone) && row.warehouses?.has(warehouseId) !== false) {
        return { lane: row.lane, zone };
      }
    }
  }
  if (zones.length === 0) return undefined;
  for (const row of lanes) {
    if (row.zones === undefined && row.warehouses?.has(warehouseId) !== false) {
      return { lane: row.lane, zone: zones[0]! };
    }
  }
  return undefined;
}

/** The way from a warehouse to a place by a service; null = it does not run. O(1) once known. */
export function wayOf(
  network: CheckedNetwork,
  place: Place,
  warehouse: ReadWarehouse,
  service: ReadService,
): Way | null {
  const key = service.index * network.warehouses.size + warehouse.index;
  let way = place.ways.get(key);
  if (way === undefined) {
    const found = laneOf(service, warehouse.row.id, place.zones);
    way = found === undefined ? null : openWay(network, found, warehouse, service);
    if (place.zones.length > 0) place.ways.set(key, way);
    network.memory.size++;
  }
  return way;
}

function openWay(
  network: CheckedNetwork,
  { lane, zone }: { lane: Way['lane']; zone: string },
  warehouse: ReadWarehouse,
  service: ReadService,
): Way {
  return {
    lane,
    zone: network.zones.get(zone)!,
    rates: service.card?.rates[lane.rate_area] ?? [],
    points: network.transits.get(lane.transit_time_id),
    resource: { name: `service/${service.row.id}/${warehouse.row.id}`, last: undefined },
    departures: new Map(),
    last: undefined,
  };
}

/** Seconds by which a share of the parcels has come; straight lines between the points. */
export function quantile(points: Points, share: number): number {
  const above = points.findIndex(([probability]) => probability >= share);
  if (above < 0) return points.at(-1)![1];
  if (above === 0) return points[0]![1];
  const [p0, x0] = points[above - 1]!;
  const [p1, x1] = points[above]!;
  return x0 + ((share - p0) / (p1 - p0)) * (x1 - x0);
}

/** What follows from a pickup by a way with known transit times. O(1) once known. */
export function departureOf(
  network: CheckedNetwork,
  way: Way & { readonly points: Points },
  warehouse: ReadWarehouse,
  service: ReadService,
  pickup: number,
): Departure {
  if (way.last?.pickup === pickup) return way.last;
  let departure = way.departures.get(pickup);
  if (departure === undefined) {
    departure = openDeparture(network, way, warehouse, service, pickup);
    way.departures.set(pickup, departure);
    network.memory.size++;
  }
  way.last = departure;
  return departure;
}

function openDeparture(
  network: CheckedNetwork,
  { points, zone }: Way & { readonly points: Points },
  { row: warehouse }: ReadWarehouse,
  service: ReadService,
  pickup: number,
): Departure {
  const { clock } = network;
  const at = (share: number) =>
    clock.door(zone, Math.ceil(pickup + quantile(points, share) - 1e-6));
  const promise = at(network.input.policy.confidence);
  return {
    pickup,
    is_pickup: clock.isPickup(warehouse, service.row, pickup),
    day: clock.dateSlot(pickup, warehouse.time_zone),
    promise,
    expected: Math.min(at(0.5), promise),
    law: doorLaw(clock, zone, points, pickup),
  };
}

/**
 * The distribution of the instant at the door of a pickup: transit times are uniform between their
 * points, and who comes before a door is answered waits for it. O(points × days).
 */
export function doorLaw(clock: Clock, zone: ZoneInput, points: Points, pickup: number): DoorLaw {
  const parts: number[] = [];
  const add = (from: number, to: number, probability: number): void => {
    if (probability > 0) parts.push(from, to, probability);
  };
  const [p0, x0] = points[0]!;
  const [pn, xn] = points.at(-1)!;
  const spans = clock.doors(zone, pickup + x0, pickup + xn);
  const first = clock.door(zone, pickup + x0);
  const last = clock.door(zone, pickup + xn);
  add(first, first, p0);
  for (let i = 1; i < points.length; i++) {
    const [pa, xa] = points[i - 1]!;
    const [pb, xb] = points[i]!;
    const [from, to] = [pickup + xa, pickup + xb];
    if (xb - xa < 1e-9) add(clock.door(zone, from), clock.door(zone, from), pb - pa);
    else addUniform(add, spans, [from, to], (pb - pa) / (to - from));
  }
  add(last, last, 1 - pn);
  let mean = 0;
  for (let i = 0; i < parts.length; i += 3) {
    mean += parts[i + 2]! * ((parts[i]! + parts[i + 1]!) / 2 - first);
  }
  return { parts, first, last, mean: first + mean };
}

/** Adds arrivals uniform on a span, as the doors answer them. */
function addUniform(
  add: (from: number, to: number, probability: number) => void,
  spans: readonly (readonly [number, number])[] | undefined,
  [from, to]: readonly [number, number],
  density: number,
): void {
  let at = from;
  for (const [opens, closes] of spans ?? []) {
    if (closes <= at) continue;
    const waits = Math.min(to, opens);
    if (waits > at) add(opens, opens, (waits - at) * density);
    at = Math.max(at, waits);
    const until = Math.min(to, closes);
    if (until > at) add(at, until, (until - at) * density);
    at = Math.max(at, until);
    if (at >= to) break;
  }
  if (at < to) add(at, to, (to - at) * density);
}

/** E(seconds at the door past `due`). O(parts). */
export function meanLateness({ parts, first, last, mean }: DoorLaw, due: number): number {
  if (last <= due) return 0;
  if (first >= due) return mean - due;
  let late = 0;
  for (let i = parts.length - 3; i >= 0; i -= 3) {
    const to = parts[i + 1]!;
    if (to <= due) break;
    const from = parts[i]!;
    const since = Math.max(from, due);
    const share = to > from ? (to - since) / (to - from) : 1;
    late += parts[i + 2]! * share * ((since + to) / 2 - due);
  }
  return late;
}

/** P(at the door by `due`). O(parts). */
export function shareInTime({ parts, last }: DoorLaw, due: number): number {
  if (last <= due) return 1;
  let share = 0;
  for (let i = 0; i < parts.length; i += 3) {
    const from = parts[i]!;
    const to = parts[i + 1]!;
    if (to <= due) share += parts[i + 2]!;
    else if (from < due) share += (parts[i + 2]! * (due - from)) / (to - from);
  }
  return share;
}
