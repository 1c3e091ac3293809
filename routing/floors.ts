/**
 * Floors: what a parcel costs and when it arrives at least, known before its slots are looked up.
 * Freight is never below the cheapest rate row of the warehouse at that weight; nothing arrives
 * earlier than if it were picked up at once. What loses by its floor need not be looked at.
 */
import { doorAt } from './calendar.ts';
import type { OrderContext } from './problem.ts';
import { freightFloor } from './rates.ts';
import { expectedLateSeconds } from './transit.ts';
import { DAY_SECONDS } from './types.ts';

/** Floors of the arrivals of one order's lane table; NaN where not yet computed. */
export interface ArrivalFloors {
  /** Earliest promise, epoch seconds; Infinity if no door is ever reached. */
  readonly promise: Float64Array;
  /** Least price of lateness, minor units. */
  readonly lateness: Float64Array;
}

/** Floors of an order not looked at yet. */
export function arrivalFloors(arrivals: number): ArrivalFloors {
  const [promise, lateness] = [new Float64Array(arrivals), new Float64Array(arrivals)];
  return { promise: promise.fill(Number.NaN), lateness: lateness.fill(Number.NaN) };
}

/** Promise of an arrival as if the parcel were picked up the moment it is ordered. */
function fillPromise(context: OrderContext, arrival: number): void {
  const { network, lanes, arrivalFloors: floors, at } = context;
  const transit = lanes.arrivalTransit[arrival]!;
  const doors = network.calendars.doors[lanes.arrivalZone[arrival]!];
  const promise = doorAt(doors, at + network.transit.promised[transit]!);
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

/** Earliest promise by row `row` of the order's lane table. */
export function promiseFloor(context: OrderContext, row: number): number {
  return arrivalPromise(context, context.lanes.arrival[row]!);
}

/** Earliest promise of a pair of transit table and zone. */
export function arrivalPromise(context: OrderContext, arrival: number): number {
  if (Number.isNaN(context.arrivalFloors.promise[arrival]!)) fillPromise(context, arrival);
  return context.arrivalFloors.promise[arrival]!;
}

/** Least price of lateness by row `row` of the order's lane table, minor units. */
export function latenessFloor(context: OrderContext, row: number): number {
  const arrival = context.lanes.arrival[row]!;
  if (Number.isNaN(context.arrivalFloors.lateness[arrival]!)) fillLateness(context, arrival);
  return context.arrivalFloors.lateness[arrival]!;
}

/** Marks a freight floor that is not yet computed. */
const UNKNOWN = -(2 ** 31);
/** Freight floor of a warehouse that no service leaves at that weight: as good as infinite. */
export const NO_FREIGHT = 2 ** 31 - 1;

function computeFreight({ network, lanes }: OrderContext, w: number, index: number): number {
  const { rates, services, zones } = network;
  const above = rates.floorAbove[index]!;
  let least = NO_FREIGHT;
  for (let row = lanes.start[w]!; row < lanes.start[w + 1]!; row++) {
    const card = services.card[lanes.service[row]!]!;
    const rateRow = network.lanes.rateRow[lanes.lane[row]!]!;
    const remote = zones.remote[lanes.zone[row]!] === 1;
    const freight = freightFloor(rates, card, rateRow, above, remote);
    if (freight < least) least = freight;
  }
  return Math.max(least, UNKNOWN + 1);
}

/** Freight floors by warehouse of parcels of one weight (see {@link floorIndex}). */
export class FreightFloors {
  readonly #context: OrderContext;
  readonly #index: number;
  readonly #known: Int32Array;

  constructor(context: OrderContext, index: number) {
    const { floors, start } = context.lanes;
    floors[index] ??= new Int32Array(start.length - 1).fill(UNKNOWN);
    this.#context = context;
    this.#index = index;
    this.#known = floors[index];
  }

  /** Least freight from warehouse `w`, minor units. O(services) once per lane table, then O(1). */
  from(w: number): number {
    const known = this.#known[w]!;
    if (known !== UNKNOWN) return known;
    const floor = computeFreight(this.#context, w, this.#index);
    this.#known[w] = floor;
    return floor;
  }
}
