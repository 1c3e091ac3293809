/**
 * The routes of a network: which sequences of legs lead from first-mile hubs to last-mile hubs, and how
 * long each takes from a pickup on. Kept up to date under disruptions: what they do not touch is shared.
 */
import { quietServices } from '../quiet-hours.ts';
import { compileLaw, quietNumber, type TransitTable } from '../transit.ts';
import type { HubInput, MileInput, NetworkInput } from '../types.ts';
import type { Itinerary } from './itineraries.ts';
import { type Disrupted, planDepartures, runsOf, sortDisruptions } from './leg-runs.ts';
import { type Profile, type ProfileNetwork, profileTo, type RouteLeg } from './route-profile.ts';
import { timeOfMile, traceRoute } from './route-times.ts';
import { type Points, pointsOf, type Spread, spreadOf } from './spread.ts';

/** Departures are looked at for routes over so many days from the horizon's start. */
export const SEARCH_DAYS = 8;
/** Time of a route that is still found after the last pickup. */
export const ROUTE_DAYS = 45;
const DAY_SECONDS = 86_400;

/** A first mile to a hub, legs, and a last mile from a hub. */
export interface Route {
  readonly first: MileInput;
  readonly last: MileInput;
  readonly from: number;
  readonly to: number;
  readonly itinerary: Itinerary;
  readonly floor: RouteFloor;
  /** Times from a pickup on, filled in when asked for; null = it arrives within no horizon. */
  readonly laws: Map<number, TransitTable | null>;
}

/**
 * A time that no pickup can be faster than, whatever is disrupted: nobody waits, and every leg is at its
 * fastest. The last mile's `points`, all `later` by some seconds; the median and the promised time of it.
 */
export interface RouteFloor {
  readonly points: Points;
  readonly later: number;
  readonly median: number;
  readonly promised: number;
  /** See `TransitTable`. */
  readonly soonest: number;
}

/** Hubs, legs and distributions by index, as they run now. */
export interface RouteNetwork extends Omit<ProfileNetwork, 'usable'> {
  readonly hubs: readonly HubInput[];
  readonly hubOf: ReadonlyMap<string, number>;
  /** Time of each leg. */
  readonly times: readonly Spread[];
  /** Named distributions. */
  readonly transits: ReadonlyMap<string, Points>;
  /** Of those that quiet hours hold for, the number of the service. */
  readonly quiet: ReadonlyMap<string, number>;
  readonly disrupted: Disrupted;
  readonly confidence: number;
}

/** The routes of a network under its disruptions. */
export interface RouteBook extends RouteNetwork {
  readonly from_seconds: number;
  readonly planned: readonly (Float64Array | undefined)[];
  /** Profiles by last-mile hub and the carriers that may be used. */
  readonly profiles: Map<string, Profile>;
  /** The legs of each set of carriers that was asked for. */
  readonly networks: Map<string, ProfileNetwork>;
  readonly routes: Route[];
  /** Those between two miles, by both and the carriers that may be used. */
  readonly between: Map<string, RoutesBetween>;
  /** What there was before a disruption, until the routes are found anew. */
  readonly past: PastRoutes | undefined;
}

/** Places of routes, one for each itinerary. */
export interface RoutesBetween {
  readonly itineraries: readonly Itinerary[];
  readonly routes: readonly number[];
}

/** Routes of a book before a disruption. */
export interface PastRoutes extends Pick<RouteBook, 'routes' | 'between'> {
  /** True for a route that passes a leg or a hub of which something changed. */
  readonly isTouched: (route: Route) => boolean;
}

/** Opens a book with no routes yet. O(legs × departures). @throws Error when a leg names no hub. */
export function openBook(
  input: NetworkInput,
  horizon: { readonly from_seconds: number; readonly horizon_days: number },
): RouteBook {
  const hubs = input.hubs ?? [];
  const hubOf = new Map(hubs.map((hub, i) => [hub.id, i]));
  const disrupted = sortDisruptions(input.disruptions ?? []);
  const days = horizon.horizon_days + ROUTE_DAYS;
  const plan = planDepartures(horizon.from_seconds, days);
  const transits = new Map(input.transit_times.map((table) => [table.id, table.quantiles]));
  const services = quietServices(input.quiet_hours);
  const quiet = input.transit_times.map(
    (table) => [table.id, quietNumber(services, table)] as const,
  );
  const rows = input.legs ?? [];
  const planned = rows.map((leg) =>
    leg.departures === undefined ? undefined : plan(leg, hubs[hubIn(hubOf, leg.from_hub_id)]!),
  );
  const legs = rows.map((leg, i): RouteLeg => {
    const [from, to] = [hubIn(hubOf, leg.from_hub_id), hubIn(hubOf, leg.to_hub_id)];
    const runs =
      planned[i] && runsOf(leg, hubs[from]!, { ...horizon, planned: planned[i] }, disrupted);
    return { input: leg, from, to, cost: leg.cost ?? 0, carbon: leg.carbon_grams ?? 0, runs };
  });
  return {
    from_seconds: horizon.from_seconds,
    confidence: input.policy.confidence,
    hubs,
    hubOf,
    transfer: Float64Array.from(hubs, (hub) => hub.transfer_seconds ?? 0),
    legs,
    planned,
    times: rows.map(({ duration_seconds, transit_time_id: id }) =>
      spreadOf(id === undefined ? [[1, duration_seconds]] : pointsIn(transits, id)),
    ),
    transits,
    quiet: new Map(quiet.filter(([, service]) => service > 0)),
    disrupted,
    profiles: new Map(),
    networks: new Map(),
    routes: [],
    between: new Map(),
    past: undefined,
  };
}

/** Place of a hub, by its id. O(1). @throws Error when it is not there. */
export function hubIn(hubOf: ReadonlyMap<string, number>, id: string): number {
  const hub = hubOf.get(id);
  if (hub === undefined) throw new Error(`hub ${id} is named, which is not there`);
  return hub;
}

/** Points (share, seconds) of a distribution, by its id. O(1). @throws Error when it is not there. */
export function pointsIn(transits: ReadonlyMap<string, Points>, id: string): Points {
  const points = transits.get(id);
  if (points === undefined) throw new Error(`transit time ${id} is named, which is not there`);
  return points;
}

/** Name of a profile. O(carriers × log carriers). */
export const profileKey = (hub: number, carriers: readonly string[] | undefined): string =>
  `${hub} ${carriersKey(carriers)}`;

/** Name of a set of carriers; undefined = all. O(carriers × log carriers). */
export const carriersKey = (carriers: readonly string[] | null | undefined): string =>
  carriers ? JSON.stringify([...new Set(carriers)].sort()) : 'null';

/** What a profile's name says: the hub, and the carriers if not all. O(length). */
export function readProfileKey(key: string): { hub: number; carriers: string[] | null } {
  const space = key.indexOf(' ');
  return { hub: Number(key.slice(0, space)), carriers: JSON.parse(key.slice(space + 1)) };
}

/** The part of a network that one set of carriers runs; undefined = all. O(legs) once, then O(1). */
export function networkOf(
  { transfer, legs, networks }: Pick<RouteBook, 'transfer' | 'legs' | 'networks'>,
  carriers: readonly string[] | null | undefined,
): ProfileNetwork {
  const key = carriersKey(carriers);
  const known = networks.get(key);
  if (known !== undefined) return known;
  const named = carriers ? new Set(carriers) : undefined;
  const usable = [...legs.keys()].filter((i) => named?.has(legs[i]!.input.carrier_id) ?? true);
  const network = { transfer, legs, usable };
  networks.set(key, network);
  return network;
}

/** The span of departures that routes are looked for in, epoch seconds. O(1). */
export const searchSpan = ({ from_seconds }: Pick<RouteBook, 'from_seconds'>) => ({
  from: from_seconds,
  until: from_seconds + SEARCH_DAYS * DAY_SECONDS,
});

/** The profile to a hub, made when it is first asked for (one sweep, see `profileTo`), then O(1). */
export function profileOf(
  book: RouteBook,
  hub: number,
  carriers: readonly string[] | undefined,
): Profile {
  const key = profileKey(hub, carriers);
  let profile = book.profiles.get(key);
  if (profile === undefined) {
    profile = profileTo(networkOf(book, carriers), hub, searchSpan(book));
    book.profiles.set(key, profile);
  }
  return profile;
}

/**
 * The time from a pickup (epoch seconds) to the door, before it opens; null if it never arrives.
 * O(legs × pieces) when a pickup is new, then O(1).
 */
export function lawAt(book: RouteBook, route: number, pickup: number): TransitTable | null {
  const { laws } = book.routes[route]!;
  let law = laws.get(pickup);
  if (law === undefined) {
    const trace = traceRoute(book, book.routes[route]!, pickup);
    law = trace === undefined ? null : lawOfTrace(book, book.routes[route]!, trace.arrival, pickup);
    laws.set(pickup, law);
  }
  return law;
}

/** The time from a pickup to an arrival by a last mile. O(pieces). */
export function lawOfTrace(
  { confidence, quiet }: Pick<RouteBook, 'confidence' | 'quiet'>,
  { last }: Pick<Route, 'last'>,
  arrival: Spread,
  pickup: number,
): TransitTable {
  const quantiles = pointsOf(arrival).map(([p, at]): [number, number] => [p, at - pickup]);
  return compileLaw(quantiles, confidence, quiet.get(timeOfMile(last)) ?? 0);
}
