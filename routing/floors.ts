/**
 * Floors: when a parcel arrives and what its time costs at least, known before its slots are looked up:
 * nothing arrives earlier than if it were picked up at once. What loses by its floor need not be
 * looked at. Those of freight are in `freight-floors.ts`.
 */
import { promiseFloor } from './arrivals.ts';
import { firstPickup } from './calendar.ts';
import { timeCost } from './objective.ts';
import type { OrderContext } from './problem.ts';
import { expectedLateSeconds } from './transit.ts';
import { DAY_SECONDS } from './types.ts';

/** Floors of the arrivals of one order's lane table; NaN where not yet computed. */
export interface ArrivalFloors {
  /** Earliest promise, epoch seconds; Infinity if no door is ever reached. */
  readonly promise: Float64Array;
  /** Price of the time until then, minor units. */
  readonly time: Float64Array;
  /** Least price of lateness, minor units. */
  readonly lateness: Float64Array;
  /** Least price of time over all of them, minor units. */
  leastTime: number;
  /** Price of time by timing of what is ready at an instant in a time zone; see {@link timesFrom}. */
  readonly ready: Map<number, Float64Array>;
}

/** Floors of an order not looked at yet. O(arrivals). */
export function arrivalFloors(arrivals: number): ArrivalFloors {
  const unknown = () => new Float64Array(arrivals).fill(Number.NaN);
  return {
    promise: unknown(),
    time: unknown(),
    lateness: unknown(),
    leastTime: Number.NaN,
    ready: new Map(),
  };
}

/** Promise of an arrival as if the parcel were picked up the moment it is ordered. */
function fillPromise(context: OrderContext, arrival: number): void {
  const { network, lanes, arrivalFloors: floors, at } = context;
  const transit = lanes.arrivalTransit[arrival]!;
  const promise = promiseFloor(network, transit, lanes.arrivalZone[arrival]!, at);
  floors.promise[arrival] = promise < 0 ? Number.POSITIVE_INFINITY : promise;
}

/** Lateness of an arrival as if the parcel were picked up the moment it is ordered. */
function fillLateness(context: OrderContext, arrival: number): void {
  const { network, lanes, arrivalFloors: floors, at, deliverBy, latenessPerDay } = context;
  const transit = lanes.arrivalTransit[arrival]!;
  const doors = network.calendars.doors[lanes.arrivalZone[arrival]!];
  floors.lateness[arrival] = 0;
  if (deliverBy === Number.POSITIVE_INFINITY || latenessPerDay === 0) return;
  const late = expectedLateSeconds(network.transit, transit, at, deliverBy, doors);
  // Rounded down, and below the noise of the sum: a floor must never be above the price.
  const price = Math.floor((latenessPerDay * late) / DAY_SECONDS - 1e-6);
  floors.lateness[arrival] = Math.max(0, price);
}

/** Earliest promise of a pair of transit table and zone, epoch seconds; Infinity if there is none. O(1). */
export function arrivalPromise(context: OrderContext, arrival: number): number {
  if (Number.isNaN(context.arrivalFloors.promise[arrival]!)) fillPromise(context, arrival);
  return context.arrivalFloors.promise[arrival]!;
}

/** Least price of the time that row `row` of the order's lane table takes, minor units. O(1). */
export function timeFloor(context: OrderContext, row: number): number {
  return arrivalTime(context, context.lanes.arrival[row]!);
}

/** Least price of time of a pair of transit table and zone, minor units. O(1). */
export function arrivalTime(context: OrderContext, arrival: number): number {
  const { time } = context.arrivalFloors;
  if (Number.isNaN(time[arrival]!)) {
    const promise = arrivalPromise(context, arrival);
    const isNever = promise === Number.POSITIVE_INFINITY;
    time[arrival] = isNever ? promise : timeCost(context.timePerDay, context.at, promise);
  }
  return time[arrival]!;
}

/** Rows of a warehouse for which it does not pay to look up when their pickups are. */
export const FEW_ROWS = 32;

/** Rows of a warehouse, when it is ready at the earliest and what time costs from then on. */
export interface Leaving {
  readonly w: number;
  readonly ready: number;
  /** Undefined where there are few rows: then not looked up. */
  readonly times: Float64Array | undefined;
  readonly first: number;
  readonly count: number;
}

/** Instants are told apart in this many time zones. */
const MOST_TIME_ZONES = 1024;

/**
 * Prices of time, by timing of the lane table, of parcels that warehouse `w` has ready at `ready`;
 * NaN where not yet known: see {@link timingTime}. Shared by all warehouses of the time zone. O(1), but
 * O(timings) when they are new.
 */
export function timesFrom(context: OrderContext, w: number, ready: number): Float64Array {
  const { lanes, network, arrivalFloors: floors } = context;
  const key = ready * MOST_TIME_ZONES + network.calendars.timeZone[w]!;
  let times = floors.ready.get(key);
  if (times === undefined) {
    times = new Float64Array(lanes.timingArrival.length).fill(Number.NaN);
    floors.ready.set(key, times);
  }
  return times;
}

/**
 * Least price of time by a timing, minor units, of a parcel of warehouse `w` with these
 * {@link timesFrom}: that of the first pickup, as if it had room. Infinity if there is none. O(1) once
 * the calendar of its pickups is compiled.
 */
export function timingTime(
  context: OrderContext,
  times: Float64Array,
  w: number,
  ready: number,
  timing: number,
): number {
  const known = times[timing]!;
  if (!Number.isNaN(known)) return known;
  const { lanes, network, timePerDay, at } = context;
  const pickups = network.calendars.pickupsBy(w, lanes.timingTimetable[timing]!);
  const arrival = lanes.timingArrival[timing]!;
  const pickup = pickups.at[firstPickup(pickups, ready)];
  const transit = lanes.arrivalTransit[arrival]!;
  const zone = lanes.arrivalZone[arrival]!;
  const promise = pickup === undefined ? -1 : promiseFloor(network, transit, zone, pickup);
  times[timing] = promise < 0 ? Number.POSITIVE_INFINITY : timeCost(timePerDay, at, promise);
  return times[timing]!;
}

/** Price of the least time that any parcel of the order takes, minor units. O(arrivals) once per order. */
export function leastTime(context: OrderContext): number {
  const { arrivalFloors: floors, timePerDay, at } = context;
  if (!Number.isNaN(floors.leastTime)) return floors.leastTime;
  let earliest = Number.POSITIVE_INFINITY;
  for (let arrival = 0; arrival < floors.promise.length; arrival++) {
    earliest = Math.min(earliest, arrivalPromise(context, arrival));
  }
  const none = timePerDay === 0 || earliest === Number.POSITIVE_INFINITY;
  floors.leastTime = none ? 0 : timeCost(timePerDay, at, earliest);
  return floors.leastTime;
}

/**
 * Least price of lateness by row `row` of the order's lane table, minor units. O(points + doors passed)
 * once, then O(1).
 */
export function latenessFloor(context: OrderContext, row: number): number {
  const arrival = context.lanes.arrival[row]!;
  if (Number.isNaN(context.arrivalFloors.lateness[arrival]!)) fillLateness(context, arrival);
  return context.arrivalFloors.lateness[arrival]!;
}
