/**
 * Promises and prices of lateness by pickup. Many warehouses and services share a pickup, a transit
 * table and a zone, so both are remembered in a small direct-mapped cache.
 */
import { doorAt } from './calendar.ts';
import type { OrderContext } from './problem.ts';
import { roundMoney } from './rates.ts';
import { lawAt } from './routes/route-book.ts';
import { expectedLateSeconds, lateRisk, type TransitTable } from './transit.ts';
import { DAY_SECONDS } from './types.ts';

const SLOTS = 1 << 13;

/** Remembered arrivals of one set of calendars. */
export interface ArrivalCache {
  readonly pickup: Float64Array;
  readonly transit: Int32Array;
  readonly zone: Int32Array;
  readonly promise: Float64Array;
  /** The wish (and its daily price) that `late` was computed for. */
  readonly due: Float64Array;
  readonly perDay: Float64Array;
  readonly late: Float64Array;
}

/** An empty cache. */
export function arrivalCache(): ArrivalCache {
  return {
    pickup: new Float64Array(SLOTS).fill(-1),
    transit: new Int32Array(SLOTS),
    zone: new Int32Array(SLOTS),
    promise: new Float64Array(SLOTS),
    due: new Float64Array(SLOTS),
    perDay: new Float64Array(SLOTS),
    late: new Float64Array(SLOTS),
  };
}

/**
 * The table that holds the time of a transit index for a pickup, with its place there: of a route the one
 * worked out for the pickup; null where it never arrives.
 */
function lawOf(context: OrderContext, transit: number, pickup: number): TransitTable | null {
  const { transit: table, routes } = context.network;
  return transit < table.fixed ? table : lawAt(routes!, transit - table.fixed, pickup);
}

const placeIn = (context: OrderContext, transit: number): number =>
  transit < context.network.transit.fixed ? transit : 0;

/** Whole seconds from a pickup to the median arrival before the door opens. */
export function medianAt(context: OrderContext, transit: number, pickup: number): number {
  return lawOf(context, transit, pickup)!.median[placeIn(context, transit)]!;
}

/** Slot of an arrival, its promise filled in. */
export function arrivalSlot(
  context: OrderContext,
  transit: number,
  zone: number,
  pickup: number,
): number {
  const { network } = context;
  const cache = network.calendars.arrivals;
  const mixed = Math.imul(pickup / 900, 0x9e3779b1) ^ Math.imul(transit * 8191 + zone, 0x85ebca6b);
  const slot = (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
  if (
    cache.pickup[slot] !== pickup ||
    cache.transit[slot] !== transit ||
    cache.zone[slot] !== zone
  ) {
    cache.pickup[slot] = pickup;
    cache.transit[slot] = transit;
    cache.zone[slot] = zone;
    cache.due[slot] = Number.POSITIVE_INFINITY;
    const law = lawOf(context, transit, pickup);
    cache.promise[slot] =
      law === null
        ? -1
        : doorAt(network.calendars.doors[zone], pickup + law.promised[placeIn(context, transit)]!);
  }
  return slot;
}

/** Risk of the arrival in `slot` to be late, where the order limits it; else 0. See `lateRisk`. */
export function riskIn(context: OrderContext, slot: number): number {
  const { network, deliverBy, riskLimit } = context;
  if (riskLimit === Number.POSITIVE_INFINITY) return 0;
  const { pickup, transit, zone } = network.calendars.arrivals;
  const doors = network.calendars.doors[zone[slot]!];
  const [t, at] = [transit[slot]!, pickup[slot]!];
  return lateRisk(lawOf(context, t, at)!, placeIn(context, t), at, deliverBy, doors);
}

/** Price of lateness of the arrival in `slot`, minor units. */
export function latenessIn(context: OrderContext, slot: number): number {
  const { network, deliverBy, latenessPerDay } = context;
  if (deliverBy === Number.POSITIVE_INFINITY || latenessPerDay === 0) return 0;
  const cache = network.calendars.arrivals;
  if (cache.due[slot] !== deliverBy || cache.perDay[slot] !== latenessPerDay) {
    const doors = network.calendars.doors[cache.zone[slot]!];
    const transit = cache.transit[slot]!;
    const pickup = cache.pickup[slot]!;
    const law = lawOf(context, transit, pickup)!;
    const late = expectedLateSeconds(law, placeIn(context, transit), pickup, deliverBy, doors);
    cache.due[slot] = deliverBy;
    cache.perDay[slot] = latenessPerDay;
    cache.late[slot] = roundMoney((latenessPerDay * late) / DAY_SECONDS);
  }
  return cache.late[slot]!;
}
