/**
 * Promises and prices of lateness by pickup. Many warehouses and services share a pickup, a transit
 * table and a zone, so both are remembered in a small direct-mapped cache.
 */
import { doorAt } from './calendar.ts';
import type { CompiledNetwork } from './network.ts';
import type { OrderContext } from './problem.ts';
import { promiseAt } from './quiet-hours.ts';
import { roundMoney } from './rates.ts';
import { lawAt } from './routes/route-book.ts';
import { expectedLateSeconds, lateRisk, type TransitTable } from './transit.ts';
import { DAY_SECONDS } from './types.ts';
import { lawIndex, waitingLaw } from './waits.ts';

const SLOTS = 1 << 13;

/** Remembered arrivals of one set of calendars. */
export interface ArrivalCache {
  readonly pickup: Float64Array;
  /** Distributions (see `lawIndex`). */
  readonly law: Int32Array;
  readonly zone: Int32Array;
  readonly promise: Float64Array;
  /** The wish (and its daily price) that `late` was computed for. */
  readonly due: Float64Array;
  readonly perDay: Float64Array;
  readonly late: Float64Array;
}

/** An empty cache of 8,192 arrivals, 48 bytes each. O(slots). */
export function arrivalCache(): ArrivalCache {
  return {
    pickup: new Float64Array(SLOTS).fill(-1),
    law: new Int32Array(SLOTS),
    zone: new Int32Array(SLOTS),
    promise: new Float64Array(SLOTS),
    due: new Float64Array(SLOTS),
    perDay: new Float64Array(SLOTS),
    late: new Float64Array(SLOTS),
  };
}

/**
 * The table that holds the time of a law (see `lawIndex`) for a pickup, with its place there: of a route
 * the one worked out for the pickup; null where it never arrives. O(1), but for a pickup that a route or
 * a wait is new to: see `lawAt` and `waitingLaw`.
 */
export function lawOf(
  { transit: table, routes }: Pick<CompiledNetwork, 'transit' | 'routes'>,
  law: number,
  pickup: number,
): TransitTable | null {
  if (law < table.fixed) return table;
  const isRoute = law < table.start.length - 1;
  return isRoute ? lawAt(routes!, law - table.fixed, pickup) : waitingLaw(table, law);
}

/** Place of a law in its table. O(1). */
export const placeIn = ({ transit }: Pick<CompiledNetwork, 'transit'>, law: number): number =>
  law < transit.fixed ? law : 0;

/**
 * Whole seconds from a pickup at a warehouse to the median arrival before the door opens. O(1), as
 * `lawOf`.
 */
export function medianAt(
  { network }: OrderContext,
  transit: number,
  warehouse: number,
  pickup: number,
): number {
  const law = lawIndex(network.transit, transit, warehouse, pickup);
  return lawOf(network, law, pickup)!.median[placeIn(network, law)]!;
}

/**
 * Slot of an arrival, its promise filled in: epoch seconds; -1 where it never arrives or no door opens.
 * O(1), as `lawOf`.
 */
export function arrivalSlot(
  context: OrderContext,
  transit: number,
  warehouse: number,
  zone: number,
  pickup: number,
): number {
  const { network } = context;
  const cache = network.calendars.arrivals;
  const law = lawIndex(network.transit, transit, warehouse, pickup);
  const mixed = Math.imul(pickup / 900, 0x9e3779b1) ^ Math.imul(law * 8191 + zone, 0x85ebca6b);
  const slot = (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
  if (cache.pickup[slot] !== pickup || cache.law[slot] !== law || cache.zone[slot] !== zone) {
    cache.pickup[slot] = pickup;
    cache.law[slot] = law;
    cache.zone[slot] = zone;
    cache.due[slot] = Number.POSITIVE_INFINITY;
    const table = lawOf(network, law, pickup);
    cache.promise[slot] =
      table === null ? -1 : promiseBy(network, table, placeIn(network, law), zone, pickup);
  }
  return slot;
}

/**
 * A floor of what is promised by any time in transit of index `transit` from a pickup or a later one, waits
 * included: epoch seconds; -1 where no door opens. It needs no quiet hours (`quiet-hours.ts`), so of two
 * of the same pickups and zone the one with the lesser `soonest` is never later. O(1), as `firstFrom`.
 */
export function promiseFloor(
  network: Pick<CompiledNetwork, 'calendars' | 'transit'>,
  transit: number,
  zone: number,
  pickup: number,
): number {
  const least = pickup + network.transit.soonest[transit]!;
  return doorAt(network.calendars.doors[zone], least);
}

/**
 * What is promised by the time at a place of a table, after a pickup: epoch seconds; -1 where no door opens.
 * O(1), as `firstFrom`.
 */
export function promiseBy(
  { calendars }: Pick<CompiledNetwork, 'calendars'>,
  { promised, soonest, quiet }: TransitTable,
  place: number,
  zone: number,
  pickup: number,
): number {
  const service = quiet === undefined ? 0 : quiet[place]!;
  const times = service === 0 ? undefined : calendars.quiet(service, zone);
  const [stated, least] = [pickup + promised[place]!, pickup + soonest[place]!];
  return promiseAt(calendars.doors[zone], times, stated, least);
}

/**
 * Risk of the arrival in `slot` to be late, where the order limits it; else 0. See `lateRisk`.
 * O(points + doors).
 */
export function riskIn(context: OrderContext, slot: number): number {
  const { network, deliverBy, riskLimit } = context;
  if (riskLimit === Number.POSITIVE_INFINITY) return 0;
  const { pickup, law, zone } = network.calendars.arrivals;
  const doors = network.calendars.doors[zone[slot]!];
  const [own, at] = [law[slot]!, pickup[slot]!];
  return lateRisk(lawOf(network, own, at)!, placeIn(network, own), at, deliverBy, doors);
}

/**
 * Price of lateness of the arrival in `slot`, minor units. O(1) if the slot was asked last for the same
 * wish, else O(points + doors passed).
 */
export function latenessIn(context: OrderContext, slot: number): number {
  const { network, deliverBy, latenessPerDay } = context;
  if (deliverBy === Number.POSITIVE_INFINITY || latenessPerDay === 0) return 0;
  const cache = network.calendars.arrivals;
  if (cache.due[slot] !== deliverBy || cache.perDay[slot] !== latenessPerDay) {
    const doors = network.calendars.doors[cache.zone[slot]!];
    const own = cache.law[slot]!;
    const pickup = cache.pickup[slot]!;
    const table = lawOf(network, own, pickup)!;
    const late = expectedLateSeconds(table, placeIn(network, own), pickup, deliverBy, doors);
    cache.due[slot] = deliverBy;
    cache.perDay[slot] = latenessPerDay;
    cache.late[slot] = roundMoney((latenessPerDay * late) / DAY_SECONDS);
  }
  return cache.late[slot]!;
}
