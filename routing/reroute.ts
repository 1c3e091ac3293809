/** Routes of parcels that are planned already, priced with what runs now; and the others of their lane. */
import { promiseBy } from './arrivals.ts';
import { doorAt } from './calendar.ts';
import type { CompiledNetwork } from './network.ts';
import { lawOfTrace, type Route, type RouteBook } from './routes/route-book.ts';
import { planRoute } from './routes/route-plan.ts';
import { traceRoute } from './routes/route-times.ts';
import { lateRisk } from './transit.ts';
import type { RoutePlan } from './types.ts';

/** A parcel on a route. `pickup_seconds`: when it was or will be collected, epoch seconds. */
export interface RoutedParcel {
  readonly warehouse_id: string;
  readonly service_id: string;
  readonly zone_id: string;
  readonly pickup_seconds: number;
  readonly route: RoutePlan;
}

/** A route with its median and promised instant at the door, and P(at the door by `due`). */
export interface RoutePrice {
  readonly route: RoutePlan;
  readonly expected_seconds: number;
  readonly promise_seconds: number;
  readonly on_time_probability: number;
}

/** Noise of sums of shares. */
const SLACK = 1e-6;

/**
 * True if a route keeps what was promised until `due`: as much would be promised of it now, or it is there as
 * surely as promises are stated. (At the beginning of quiet hours it is a little less sure.) O(1).
 */
export const keepsPromise = (price: RoutePrice, due: number, confidence: number): boolean =>
  price.promise_seconds <= due || price.on_time_probability >= confidence - SLACK;

type Way = Omit<Route, 'laws' | 'floor'>;

/**
 * The parcel's own route as things run now, at the door by `due` (epoch seconds); undefined where the
 * network does not know it (any more), or where it never arrives.
 * O(lanes to the zone + legs × (routes of the lane + pieces of their times)).
 */
export function priceRoute(
  network: CompiledNetwork,
  parcel: RoutedParcel,
  due: number,
): RoutePrice | undefined {
  if (network.routes === undefined) return undefined;
  // By its lane where that still has the route: times that were learned of the lane count.
  const own = routesOf(network, parcel).find((route) =>
    isSame(network.routes!, route, parcel.route),
  );
  const way = own ?? wayOf(network.routes, parcel.route);
  return way && priced(network, way, parcel, due);
}

/**
 * The routes of the parcel's service from its warehouse to its zone, cheapest first; `due` as in
 * {@link priceRoute}. O(lanes to the zone + routes × (legs × pieces of their times + log routes)).
 */
export function otherRoutes(
  network: CompiledNetwork,
  parcel: RoutedParcel,
  due: number,
): RoutePrice[] {
  const perGram = (network.policy.carbon_per_kg ?? 0) / 1000;
  const priceOf = ({ route }: RoutePrice) => route.cost + perGram * route.carbon_grams;
  return routesOf(network, parcel)
    .flatMap((route) => priced(network, route, parcel, due) ?? [])
    .sort((a, b) => priceOf(a) - priceOf(b) || a.promise_seconds - b.promise_seconds);
}

/** The routes of the lane that counts for the parcel's service from its warehouse to its zone. */
function routesOf(network: CompiledNetwork, parcel: RoutedParcel): Route[] {
  const { lanes, transit, routes, zones, warehouses, services } = network;
  const zone = zones.indexOf.get(parcel.zone_id);
  const warehouse = warehouses.indexOf.get(parcel.warehouse_id);
  const service = services.indexOf.get(parcel.service_id);
  if (routes === undefined || zone === undefined || warehouse === undefined) return [];
  const counts = (lane: number) =>
    lanes.service[lane] === service && (lanes.warehouses[lane]?.includes(warehouse) ?? true);
  const base = lanes.byZone[zone]!.find(counts) ?? lanes.everywhere.find(counts);
  if (base === undefined) return [];
  const own = lanes.transit.subarray(lanes.routeStart[base]!, lanes.routeStart[base + 1]!);
  return Array.from(own, (at) => routes.routes[at - transit.fixed]!);
}

/** True if a stored route goes by the same miles and legs. */
function isSame(book: RouteBook, { first, last, itinerary }: Route, { steps }: RoutePlan): boolean {
  const [start, end] = [steps[0]!, steps.at(-1)!];
  const legs = steps.slice(1, -1).map(({ leg_id }) => leg_id);
  return (
    start.to_hub_id === first.hub_id &&
    start.transit_time_id === first.transit_time_id &&
    end.from_hub_id === last.hub_id &&
    end.transit_time_id === last.transit_time_id &&
    itinerary.legs.length === legs.length &&
    itinerary.legs.every((leg, i) => book.legs[leg]!.input.id === legs[i])
  );
}

function priced(
  network: CompiledNetwork,
  way: Way,
  { service_id, zone_id, pickup_seconds: pickup }: RoutedParcel,
  due: number,
): RoutePrice | undefined {
  const book = network.routes!;
  const trace = traceRoute(book, way, pickup);
  const zone = network.zones.indexOf.get(zone_id);
  const service = network.services.indexOf.get(service_id);
  if (trace === undefined || zone === undefined || service === undefined) return undefined;
  const law = lawOfTrace(book, way, trace.arrival, pickup);
  const doors = network.calendars.doors[zone];
  const promise_seconds = promiseBy(network, law, 0, zone, pickup);
  if (promise_seconds < 0) return undefined;
  return {
    route: planRoute(book, way, pickup, network.services.carrierIds[service]!),
    promise_seconds,
    expected_seconds: Math.min(promise_seconds, doorAt(doors, pickup + law.median[0]!)),
    on_time_probability: Math.exp(-lateRisk(law, 0, pickup, due, doors)),
  };
}

const placesOfLegs = new WeakMap<RouteBook, ReadonlyMap<string, number>>();

/** A stored route by index; undefined where some of it is gone. */
function wayOf(book: RouteBook, { steps }: RoutePlan): Way | undefined {
  let places = placesOfLegs.get(book);
  if (places === undefined) {
    places = new Map(book.legs.map(({ input }, i) => [input.id, i]));
    placesOfLegs.set(book, places);
  }
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const legs = steps.slice(1, -1).map(({ leg_id }) => places.get(leg_id ?? ''));
  const mile = (hub: string | undefined, { transit_time_id: id, carrier_id }: typeof first) =>
    hub === undefined || id === undefined || !book.transits.has(id)
      ? undefined
      : { hub_id: hub, transit_time_id: id, carrier_id };
  const [start, end] = [mile(first.to_hub_id, first), mile(last.from_hub_id, last)];
  const [from, to] = [book.hubOf.get(start?.hub_id ?? ''), book.hubOf.get(end?.hub_id ?? '')];
  const known = legs.filter((leg) => leg !== undefined);
  if (start === undefined || end === undefined || known.length < legs.length) return undefined;
  if (from === undefined || to === undefined) return undefined;
  const sum = (of: (leg: number) => number) => known.reduce((all, leg) => all + of(leg), 0);
  return {
    first: start,
    last: end,
    from,
    to,
    itinerary: {
      legs: known,
      cost: sum((leg) => book.legs[leg]!.cost),
      carbon: sum((leg) => book.legs[leg]!.carbon),
    },
  };
}
