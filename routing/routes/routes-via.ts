/** The routes that a lane goes by: found in a book of routes, or taken over from the book before it. */
import { quantileSeconds, soonestSeconds } from '../transit.ts';
import type { MileInput, ViaInput } from '../types.ts';
import { type Itinerary, itinerariesFrom } from './itineraries.ts';
import {
  carriersKey,
  hubIn,
  pointsIn,
  profileKey,
  profileOf,
  type Route,
  type RouteBook,
  type RouteFloor,
  type RoutesBetween,
} from './route-book.ts';
import { timeOfMile } from './route-times.ts';

/**
 * The routes of a lane, each by its place in the book: every first mile with every way to the hub of
 * every last mile. In an order that depends on the document alone. In steps of one profile.
 * O(first miles × last miles × itineraries), plus a sweep for each hub of a last mile that is new.
 */
export function* routesVia(book: RouteBook, via: ViaInput): Generator<void, number[]> {
  const found: number[] = [];
  for (const last of via.last_mile) {
    const to = hubIn(book.hubOf, last.hub_id);
    if (!book.profiles.has(profileKey(to, via.carriers))) yield;
    for (const first of via.first_mile)
      found.push(...routesBetween(book, first, last, via.carriers));
  }
  return [...new Set(found)];
}

const mileKey = (mile: MileInput) =>
  JSON.stringify([mile.hub_id, mile.transit_time_id, timeOfMile(mile), mile.carrier_id ?? null]);

function routesBetween(
  book: RouteBook,
  first: MileInput,
  last: MileInput,
  carriers: ViaInput['carriers'],
): readonly number[] {
  const key = `${mileKey(first)} ${mileKey(last)} ${carriersKey(carriers)}`;
  const known = book.between.get(key);
  if (known !== undefined) return known.routes;
  const [from, to] = [hubIn(book.hubOf, first.hub_id), hubIn(book.hubOf, last.hub_id)];
  const itineraries = itinerariesFrom(book, profileOf(book, to, carriers), from);
  const past = book.past?.between.get(key);
  const routes = itineraries.map((itinerary) => {
    const parts = { first, last, from, to, itinerary };
    return book.routes.push(takenOver(book, past, itinerary) ?? newRoute(book, parts)) - 1;
  });
  book.between.set(key, { itineraries, routes });
  return routes;
}

/** The route between the same miles by the same legs, if there was one; with its times where they hold. */
function takenOver(
  { past }: RouteBook,
  between: RoutesBetween | undefined,
  { legs }: Itinerary,
): Route | undefined {
  const place = between?.itineraries.findIndex(
    (own) => own.legs.length === legs.length && own.legs.every((leg, i) => leg === legs[i]),
  );
  if (place === undefined || place < 0) return undefined;
  const route = past!.routes[between!.routes[place]!]!;
  return past!.isTouched(route) ? { ...route, laws: new Map() } : route;
}

function newRoute(book: RouteBook, parts: Omit<Route, 'floor' | 'laws'>): Route {
  return { ...parts, floor: floorOf(book, parts), laws: new Map() };
}

function floorOf(
  book: RouteBook,
  { first, last, itinerary, to }: Omit<Route, 'floor' | 'laws'>,
): RouteFloor {
  // A second less, for what rounding does to shares of a distribution.
  let later = pointsIn(book.transits, timeOfMile(first))[0]![1] + book.transfer[to]! - 1;
  for (const leg of itinerary.legs) {
    later += book.transfer[book.legs[leg]!.from]! + book.times[leg]![0]!.from;
  }
  const time = timeOfMile(last);
  const points = pointsIn(book.transits, time);
  const late = points.map(([p, seconds]): [number, number] => [p, seconds + later]);
  const median = quantileSeconds(late, 0.5);
  const promised = quantileSeconds(late, book.confidence);
  const soonest = soonestSeconds(late, book.confidence, book.quiet.get(time) ?? 0);
  return { points, later, median, promised, soonest };
}
