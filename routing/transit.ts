/**
 * Transit times as distributions: quantiles for promises, and the expected lateness at the door.
 * Between two points of the table the time is uniform; below the first and above the last point
 * the rest of the probability sits on that point.
 */
import { doorAt, firstFrom, type Intervals } from './calendar.ts';
import { type QuietServices, quietServices } from './quiet-hours.ts';
import { type NetworkInput, QUIET_PART, type TransitTimeInput } from './types.ts';
import { compileWaits, longestWait, type WaitTable } from './waits.ts';

/** All transit tables, flat; table t has points `start[t] … start[t + 1] - 1`. */
export interface TransitTable {
  readonly indexOf: ReadonlyMap<string, number>;
  /** Tables of the document; behind them are floors of routes, whose times depend on the pickup. */
  readonly fixed: number;
  readonly start: Int32Array;
  readonly probability: Float64Array;
  readonly seconds: Float64Array;
  /** Whole seconds at the median and at the policy's confidence. */
  readonly median: Float64Array;
  readonly promised: Float64Array;
  /** Whole seconds that a promise is never below: of a service with quiet hours less (see `quiet-hours.ts`),
   * of all others the promised ones. */
  readonly soonest: Float64Array;
  /** Number of the service whose quiet hours hold (0 = none do); undefined where no service has any. */
  readonly quiet: Int32Array | undefined;
  readonly longest: number;
  readonly confidence: number;
  /** Of each point: seconds before calibration, and by what they were multiplied (nothing where none was
   * learned); see `waits.ts`. */
  readonly unstretched: Float64Array;
  readonly stretch: Float64Array | undefined;
  /** What parcels wait for at warehouses before; undefined = nothing. */
  readonly waits: WaitTable | undefined;
}

type Points = TransitTimeInput['quantiles'];

/** Quantile by linear interpolation, whole seconds, rounded up. O(points). */
export function quantileSeconds(points: Points, probability: number): number {
  let [p0, x0] = points[0]!;
  if (probability <= p0) return Math.ceil(x0);
  for (const [p1, x1] of points) {
    if (probability <= p1) {
      const share = p1 > p0 ? (probability - p0) / (p1 - p0) : 1;
      return Math.ceil(x0 + (x1 - x0) * share - 1e-6);
    }
    [p0, x0] = [p1, x1];
  }
  return Math.ceil(x0);
}

/** The times of a document; warehouses by index. O(points + waits). */
export function compileTimes(
  { transit_times, waits, quiet_hours }: NetworkInput,
  confidence: number,
  warehouses: ReadonlyMap<string, number>,
): TransitTable {
  const services = quietServices(quiet_hours);
  return compileTransit(transit_times, confidence, compileWaits(waits, warehouses), services);
}

/** Times that one table states, and the number of the service whose quiet hours hold for it. O(points). */
export function compileLaw(quantiles: Points, confidence: number, quiet: number): TransitTable {
  const of = quiet === 0 ? {} : { quiet_service_id: '' };
  const services = quiet === 0 ? undefined : new Map([['', quiet]]);
  return compileTransit([{ id: '', quantiles, ...of }], confidence, undefined, services);
}

/**
 * Flattens transit tables; `waits` are those of the warehouses they start from, `services` those that have
 * quiet hours. O(points).
 */
export function compileTransit(
  tables: readonly TransitTimeInput[],
  confidence: number,
  waits?: WaitTable,
  services?: QuietServices,
): TransitTable {
  const start = new Int32Array(tables.length + 1);
  const points = tables.flatMap((table, t) => {
    start[t + 1] = start[t]! + table.quantiles.length;
    return table.quantiles;
  });
  const seconds = Float64Array.from(points, ([, seconds]) => seconds);
  const isLearned = tables.some(({ learned }) => learned !== undefined);
  const partsOf = (of: (table: TransitTimeInput) => readonly number[]) =>
    Float64Array.from(tables.flatMap(of));
  const promised = Float64Array.from(tables, ({ quantiles }) =>
    quantileSeconds(quantiles, confidence),
  );
  const quiet = services && Int32Array.from(tables, (table) => quietNumber(services, table));
  return {
    confidence,
    unstretched: isLearned
      ? partsOf((one) => one.learned?.transit_seconds ?? one.quantiles.map(([, at]) => at))
      : seconds,
    stretch: isLearned
      ? partsOf((one) => one.learned?.stretch ?? one.quantiles.map(() => 1))
      : undefined,
    waits,
    indexOf: new Map(tables.map((table, t) => [table.id, t])),
    fixed: tables.length,
    start,
    probability: Float64Array.from(points, ([probability]) => probability),
    seconds,
    median: Float64Array.from(tables, (table) => quantileSeconds(table.quantiles, 0.5)),
    promised,
    soonest: quiet
      ? promised.map((_, t) => soonestSeconds(tables[t]!.quantiles, confidence, quiet[t]!))
      : promised,
    quiet,
    // A stretched sum of a wait and a time is never longer than this.
    longest:
      points.reduce((most, [, seconds]) => Math.max(most, seconds), 0) +
      longestWait(waits) * longestStretch(tables),
  };
}

/** Number of the service whose quiet hours hold for a table; 0 = none do. O(1). */
export const quietNumber = (
  services: QuietServices | undefined,
  { quiet_service_id: id }: Pick<TransitTimeInput, 'quiet_service_id'>,
): number => (id === undefined ? 0 : (services?.get(id) ?? 0));

/** Seconds that a promise by these points is never below, by whether quiet hours hold (0 = no). O(points). */
export const soonestSeconds = (points: Points, confidence: number, quiet: number): number =>
  quantileSeconds(points, confidence - (quiet === 0 ? 0 : QUIET_PART * (1 - confidence)));

/** The largest stretch of any table; 1 where none was learned. */
const longestStretch = (tables: readonly TransitTimeInput[]): number =>
  tables.reduce((most, { learned }) => Math.max(most, ...(learned?.stretch ?? [])), 1);

/** Probability that a transit takes at most `seconds`; 0 … 1. O(points). */
function shareWithin(table: TransitTable, t: number, seconds: number): number {
  const first = table.start[t]!;
  const last = table.start[t + 1]! - 1;
  if (seconds < table.seconds[first]!) return 0;
  if (seconds >= table.seconds[last]!) return 1;
  let i = first;
  while (table.seconds[i + 1]! <= seconds) i++;
  const [x0, x1] = [table.seconds[i]!, table.seconds[i + 1]!];
  const [p0, p1] = [table.probability[i]!, table.probability[i + 1]!];
  return p0 + ((p1 - p0) * (seconds - x0)) / (x1 - x0);
}

/**
 * −ln of the probability that a parcel picked up at `pickup` is at the door by `due`, both epoch seconds;
 * Infinity if it cannot be. The parcels of an order are independent, so their sum is −ln P(all on time).
 * O(points + doors).
 */
export function lateRisk(
  table: TransitTable,
  t: number,
  pickup: number,
  due: number,
  doors: Intervals | undefined,
): number {
  let latest = due;
  if (doors !== undefined && doorAt(doors, due) !== due) {
    // Whoever comes to a door that is closed at `due` had to come before it closed.
    const after = doors.to.findIndex((to) => to > due);
    const before = (after < 0 ? doors.to.length : after) - 1;
    if (before < 0) return Number.POSITIVE_INFINITY;
    latest = doors.to[before]! - 1e-6;
  }
  return -Math.log(shareWithin(table, t, latest - pickup));
}

/** Integral of (t - due)+ over [from, to]. */
function lateArea(from: number, to: number, due: number): number {
  const a = Math.max(0, from - due);
  const b = Math.max(0, to - due);
  return (b * b - a * a) / 2;
}

/** Mean of (door(t) - due)+ for t uniform on [from, to]; both may be equal. */
function meanLate(from: number, to: number, due: number, doors: Intervals | undefined): number {
  if (to <= from) {
    const door = doorAt(doors, from);
    return Math.max(0, (door < 0 ? from : door) - due);
  }
  if (doors === undefined) return lateArea(from, to, due) / (to - from);
  let area = 0;
  let at = from;
  let i = firstFrom(doors.to, doors.toIndex, from + 1);
  for (; at < to && i < doors.to.length; i++) {
    const opens = doors.from[i]!;
    if (at < opens) {
      // Whoever comes to a closed door waits for it to open.
      const until = Math.min(to, opens);
      area += (until - at) * Math.max(0, opens - due);
      at = until;
    }
    const until = Math.min(to, doors.to[i]!);
    if (at < until) {
      area += lateArea(at, until, due);
      at = until;
    }
  }
  if (at < to) area += lateArea(at, to, due);
  return area / (to - from);
}

/**
 * Expected seconds that a parcel picked up at `pickup` is at the door after `due`, both epoch seconds.
 * O(points + doors passed).
 */
export function expectedLateSeconds(
  table: TransitTable,
  t: number,
  pickup: number,
  due: number,
  doors: Intervals | undefined,
): number {
  const first = table.start[t]!;
  const last = table.start[t + 1]! - 1;
  const latest = doorAt(doors, pickup + table.seconds[last]!);
  if (latest >= 0 && latest <= due) return 0;
  let at = pickup + table.seconds[first]!;
  let expected = table.probability[first]! * meanLate(at, at, due, doors);
  for (let i = first + 1; i <= last; i++) {
    const next = pickup + table.seconds[i]!;
    const mass = table.probability[i]! - table.probability[i - 1]!;
    if (mass > 0) expected += mass * meanLate(at, next, due, doors);
    at = next;
  }
  const rest = 1 - table.probability[last]!;
  return rest > 0 ? expected + rest * meanLate(at, at, due, doors) : expected;
}
