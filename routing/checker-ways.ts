/**
 * The checker's view of getting from a warehouse to a place by a service: which lane counts, and what
 * follows from each pickup there. Both are worked out from the document when first asked for and remembered.
 */
import { type Arrival, afterWait, arrive } from './checker-arrivals.ts';
import {
  type CheckedNetwork,
  quietRunsOf,
  type ReadService,
  type ReadWarehouse,
} from './checker-document.ts';
import type { Resource } from './checker-stock.ts';
import type { Place } from './checker-zones.ts';
import type { RateInput, ServiceInput, TransitTimeInput, ZoneInput } from './types.ts';

/** A way whose transit times the document knows. */
export type TimedWay = Way & { readonly times: TransitTimeInput };

/** The lane that counts, the zone it counts for, and what it names. */
export interface Way {
  readonly lane: ServiceInput['lanes'][number];
  readonly zone: ZoneInput;
  readonly zone_id: string;
  readonly rates: readonly (RateInput | null)[];
  /** Of the card: volume that counts as a kilogram (0 = none), fuel, and what the zone adds. */
  readonly cm3_per_kg: number;
  readonly fuel_share: number;
  readonly surcharge: number;
  readonly times: TransitTimeInput | undefined;
  /** What parcels wait for at the warehouse, by hour of the week (-1 = any). */
  readonly waits: ReadonlyMap<number, readonly number[]> | undefined;
  /** By pickup, of all ways with this zone and these times. */
  readonly arrivals: Map<number, Arrival>;
  /** Resource of the service at the warehouse. */
  readonly resource: Resource;
  /** By pickup; the last one is at hand. */
  readonly departures: Map<number, Departure>;
  last: Departure | undefined;
}

/** What follows from a pickup at a warehouse. */
export interface Departure {
  readonly pickup: number;
  readonly is_pickup: boolean;
  /** 00:00 UTC of the warehouse's date. */
  readonly day: number;
  readonly arrival: Arrival;
}

/** The lane for a service: most specific zone, catch-all last, then first. O(zones × lanes). */
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
  const waits = waitsAt(network, warehouse.row.id);
  const key = `${zone}\n${lane.transit_time_id}\n${waits === undefined ? '' : warehouse.row.id}`;
  const arrivals = network.arrivals.get(key) ?? new Map<number, Arrival>();
  network.arrivals.set(key, arrivals);
  const row = network.zones.get(zone)!;
  return {
    lane,
    arrivals,
    zone: row,
    zone_id: zone,
    cm3_per_kg: service.card?.cm3_per_kg ?? 0,
    fuel_share: (service.card?.fuel_percent ?? 0) / 100,
    surcharge: row.remote ? (service.card?.remote_surcharge ?? 0) : 0,
    rates: service.card?.rates[lane.rate_area] ?? [],
    times: network.transits.get(lane.transit_time_id ?? ''),
    waits,
    resource: { name: `service/${service.row.id}/${warehouse.row.id}`, last: undefined },
    departures: new Map(),
    last: undefined,
  };
}

/** What follows from a pickup (epoch seconds) by a way with known transit times. O(1) once known. */
export function departureOf(
  network: CheckedNetwork,
  way: TimedWay,
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
  way: TimedWay,
  { row: warehouse }: ReadWarehouse,
  service: ReadService,
  pickup: number,
): Departure {
  const { clock } = network;
  return {
    pickup,
    is_pickup: clock.isPickup(warehouse, service.row, pickup),
    day: clock.dateSlot(pickup, warehouse.time_zone),
    arrival: arrivalOf(network, way, pickup),
  };
}

/**
 * What parcels wait for at a warehouse, by hour of the week (-1 = any); undefined = nothing. O(1), but
 * O(hours) where both it and all warehouses have waits.
 */
export function waitsAt({ waits }: Pick<CheckedNetwork, 'waits'>, warehouse_id: string) {
  const [usual, own] = [waits.get(''), waits.get(warehouse_id)];
  return own === undefined || usual === undefined ? (own ?? usual) : new Map([...usual, ...own]);
}

/**
 * Points of the time from a pickup (epoch seconds) to the door, seconds, the wait in that hour included.
 * O(1), but with a wait as `afterWait`.
 */
export function pointsAt(
  times: TransitTimeInput,
  waits: ReadonlyMap<number, readonly number[]> | undefined,
  pickup: number,
): TransitTimeInput['quantiles'] {
  // 1970-01-05 was a Monday.
  const hour = Math.floor((pickup - 4 * 86_400) / 3600) % 168;
  const wait = waits?.get(hour) ?? waits?.get(-1);
  return wait?.some((one) => one > 0) ? afterWait(times, wait) : times.quantiles;
}

/** What follows from a pickup on any way to a zone with the same transit times. */
function arrivalOf(network: CheckedNetwork, way: TimedWay, pickup: number): Arrival {
  const { input, clock, memory } = network;
  const { zone, times, waits, arrivals } = way;
  let arrival = arrivals.get(pickup);
  if (arrival === undefined) {
    const points = pointsAt(times, waits, pickup);
    const quiet = quietRunsOf(network, times, zone);
    arrival = arrive(clock, zone, points, pickup, input.policy.confidence, quiet);
    arrivals.set(pickup, arrival);
    memory.size++;
  }
  return arrival;
}
