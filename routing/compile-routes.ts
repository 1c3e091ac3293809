/** The part of a compiled network that goes over hubs: compiled with it, with its calendars, and anew
 * when something is disrupted. A network without such lanes has none of it. */
import { arrivalCache } from './arrivals.ts';
import { assertDisruptions } from './assert-disruptions.ts';
import { type CalendarSet, DEFAULT_HORIZON_DAYS } from './calendar-set.ts';
import { LaneCache } from './lane-cache.ts';
import type { LaneIndex } from './lane-index.ts';
import type { CompiledNetwork, Horizon } from './network.ts';
import type { RateTable } from './rates.ts';
import { addRoutes, type LaneParts } from './routed-lanes.ts';
import { disruptBook } from './routes/disrupt-book.ts';
import { openBook, ROUTE_DAYS, type RouteBook } from './routes/route-book.ts';
import type { TransitTable } from './transit.ts';
import { DAY_SECONDS, type DisruptionInput, type NetworkInput } from './types.ts';

/** The tables that lanes are looked up in, with the routes in them, and what they were without. */
export interface LaneTables {
  readonly lanes: LaneIndex;
  readonly rates: RateTable;
  readonly transit: TransitTable;
  readonly laneCache: LaneCache;
  readonly routes: RouteBook | undefined;
  readonly fixed: LaneParts;
}

/**
 * Adds routes to the tables of a network, if any lane wants them; in steps.
 * O(legs × departures + lanes + cells + routes), and the sweeps of `routesVia`.
 */
export function* compileLaneTables(
  fixed: LaneParts,
  input: NetworkInput,
  { from_seconds, horizon_days = DEFAULT_HORIZON_DAYS }: Horizon,
): Generator<void, LaneTables> {
  const { lanes, rates, transit } = fixed;
  if (lanes.vias.length === 0) {
    return { lanes, rates, transit, laneCache: new LaneCache(lanes), routes: undefined, fixed };
  }
  const book = openBook(input, { from_seconds, horizon_days });
  yield;
  return yield* tablesWith(fixed, book, undefined);
}

/**
 * Tables of the same routes under a policy of another confidence, whose transit times are in `fixed`.
 * O(lanes + cells + routes).
 */
export function promiseLanes(fixed: LaneParts, routes: RouteBook, confidence: number): LaneTables {
  // Which ways there are does not depend on what is promised: only their times do.
  const book = { ...routes, confidence, routes: [], between: new Map(), past: undefined };
  return atOnce(tablesWith(fixed, book, undefined));
}

function* tablesWith(
  fixed: LaneParts,
  book: RouteBook,
  before: LaneCache | undefined,
): Generator<void, LaneTables> {
  const tables = yield* addRoutes(fixed, book);
  const laneCache = before?.withRoutes(tables.lanes) ?? new LaneCache(tables.lanes);
  return { ...tables, laneCache, routes: { ...book, past: undefined }, fixed };
}

/** Runs a generator to its end. O(steps). */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The longest time that a parcel may be on its way, seconds. O(1). */
export function longestTransit({ longest }: TransitTable, lanes: LaneIndex): number {
  return lanes.vias.length === 0 ? longest : Math.max(longest, ROUTE_DAYS * DAY_SECONDS);
}

/** Calendars for lanes that were made anew: what is remembered of arrivals is forgotten. */
const forgetful = (calendars: CalendarSet): CalendarSet => ({
  ...calendars,
  arrivals: arrivalCache(),
});

/**
 * The same network under other disruptions, in the place of those it had. Shares all that they do not
 * touch; equal to one compiled with them. O(legs × departures that change + labels + lanes).
 *
 * @throws RangeError that names the field of a disruption, what was got and what was expected.
 */
export function disruptNetwork(
  network: CompiledNetwork,
  disruptions: readonly DisruptionInput[],
): CompiledNetwork {
  return atOnce(disruptInSteps(network, disruptions));
}

/**
 * The same in steps of some milliseconds each, for callers that have others to serve in between.
 * O(legs × departures that change + labels + lanes).
 *
 * @throws RangeError as {@link disruptNetwork}.
 */
export function* disruptInSteps(
  network: CompiledNetwork,
  disruptions: readonly DisruptionInput[],
): Generator<void, CompiledNetwork> {
  assertDisruptions(disruptions);
  const input = { ...network.input, disruptions };
  if (network.routes === undefined) return { ...network, input };
  const { book } = yield* disruptBook(network.routes, disruptions);
  yield;
  const tables = yield* tablesWith(network.fixed, book, network.laneCache);
  return { ...network, ...tables, input, calendars: forgetful(network.calendars) };
}
