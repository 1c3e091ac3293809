/**
 * Waits at warehouses: how long after its planned pickup a parcel really leaves, by the hour of the week.
 * The time to the door is the sum of the wait and the time in transit, two independent times; a table
 * with a wait added (their convolution) is made when a pickup first asks for it, and kept.
 */
import { hourOfWeek } from './prices/forecast.ts';
import { compileLaw, type TransitTable } from './transit.ts';
import { type NetworkInput, WAIT_SHARES, type WaitInput } from './types.ts';

/** Hours of a week. */
export const WEEK_HOURS = 168;

/** Waits that differ, seconds, with the share of the parcels that each stands for. */
export interface Wait {
  readonly shares: readonly number[];
  readonly seconds: readonly number[];
}

/** The waits of a network, numbered from 1; 0 stands for none. */
export interface WaitTable {
  /** Of warehouse w at hour of the week h: `classOf[w × 168 + h]`. */
  readonly classOf: Int32Array;
  readonly waits: readonly Wait[];
  /** Tables with a wait added, by number of wait and table (see `lawIndex`). */
  readonly laws: Map<number, TransitTable>;
}

/** Tables with waits that are kept; more, and all are forgotten and made again. */
const LAWS_MAX = 20_000;
/** What rounding may do to a sum of shares. */
const ROUNDING = 1e-12;

/** Equal waits as one. O(waits). */
export function waitOf(wait_seconds: readonly number[]): Wait {
  const shares: number[] = [];
  const seconds: number[] = [];
  wait_seconds.forEach((wait, i) => {
    if (seconds.at(-1) === wait) shares[shares.length - 1]! += WAIT_SHARES[i]!;
    else {
      seconds.push(wait);
      shares.push(WAIT_SHARES[i]!);
    }
  });
  return { shares, seconds };
}

/** Numbers the waits of a document; undefined where it has none. O(rows + warehouses × 168). */
export function compileWaits(
  rows: NetworkInput['waits'],
  warehouses: ReadonlyMap<string, number>,
): WaitTable | undefined {
  if (rows === undefined || rows.length === 0) return undefined;
  const classOf = new Int32Array(warehouses.size * WEEK_HOURS);
  const numbers = new Map<string, number>();
  const waits: Wait[] = [];
  const numberOf = ({ wait_seconds }: WaitInput): number => {
    if (wait_seconds.every((wait) => wait === 0)) return 0;
    const key = wait_seconds.join();
    const known = numbers.get(key) ?? waits.push(waitOf(wait_seconds));
    numbers.set(key, known);
    return known;
  };
  // The more a row names, the later it is written: it counts.
  const names = ({ warehouse_id, hours }: WaitInput) =>
    +(warehouse_id !== null) + +(hours !== null);
  for (const row of rows.toSorted((a, b) => names(a) - names(b))) {
    const number = numberOf(row);
    const own =
      row.warehouse_id === null ? [...warehouses.values()] : [warehouses.get(row.warehouse_id)];
    for (const w of own) {
      if (w === undefined) continue;
      if (row.hours === null) classOf.fill(number, w * WEEK_HOURS, (w + 1) * WEEK_HOURS);
      else for (const hour of row.hours) classOf[w * WEEK_HOURS + hour] = number;
    }
  }
  return { classOf, waits, laws: new Map() };
}

/** The longest wait, seconds. O(waits). */
export const longestWait = (table: WaitTable | undefined): number =>
  (table?.waits ?? []).reduce((most, { seconds }) => Math.max(most, seconds.at(-1)!), 0);

/**
 * Index of the distribution of a pickup at a warehouse: the transit index itself where nobody waits and for
 * routes, whose times follow from their timetables; else one behind all of them. O(1).
 */
export function lawIndex(
  { waits, fixed, start }: TransitTable,
  transit: number,
  warehouse: number,
  pickup: number,
): number {
  if (waits === undefined || transit >= fixed) return transit;
  const number = waits.classOf[warehouse * WEEK_HOURS + hourOfWeek(pickup)]!;
  return number === 0 ? transit : start.length - 1 + (number - 1) * fixed + transit;
}

/** The table of an index of `lawIndex` that lies behind all tables. O(1) once made. */
export function waitingLaw(table: TransitTable, law: number): TransitTable {
  const { laws, waits } = table.waits!;
  // Not by `law`: where the tables end moves with every disruption.
  const behind = law - (table.start.length - 1);
  let made = laws.get(behind);
  if (made === undefined) {
    const wait = waits[Math.floor(behind / table.fixed)]!;
    made = addWait(table, behind % table.fixed, wait);
    if (laws.size >= LAWS_MAX) laws.clear();
    laws.set(behind, made);
  }
  return made;
}

/** Table `t` after a wait. */
function addWait(table: TransitTable, t: number, wait: Wait): TransitTable {
  const [from, to] = [table.start[t]!, table.start[t + 1]!];
  const probabilities = Array.from(table.probability.subarray(from, to));
  const seen = Array.from(table.unstretched.subarray(from, to));
  let least = 0;
  const quantiles = sumQuantiles(probabilities, seen, wait).map((seconds, i): [number, number] => {
    least = Math.max(least, Math.ceil(seconds * (table.stretch?.[from + i] ?? 1) - 1e-6));
    return [probabilities[i]!, least];
  });
  return compileLaw(quantiles, table.confidence, table.quiet?.[t] ?? 0);
}

/**
 * Quantiles of a wait and a time in transit together, whole seconds, at the probabilities of the latter's
 * points: the least x with Σ share × P(transit ≤ x − wait) ≥ probability. Exact for straight lines between
 * the points. O(points × waits × log points × log seconds), some 50 µs.
 */
export function sumQuantiles(
  probabilities: readonly number[],
  seconds: readonly number[],
  { shares, seconds: waits }: Wait,
): number[] {
  if (waits.length === 1) return seconds.map((one) => Math.ceil(one + waits[0]! - ROUNDING));
  const within = (x: number): number => {
    let sum = 0;
    for (let i = 0; i < waits.length && waits[i]! <= x; i++) {
      sum += shares[i]! * shareBy(probabilities, seconds, x - waits[i]!);
    }
    return sum;
  };
  const last = Math.ceil(seconds.at(-1)! + waits.at(-1)!);
  let low = Math.floor(seconds[0]! + waits[0]!) - 1;
  return probabilities.map((probability) => {
    let high = last;
    // At `low` it is not reached, at `high` it is.
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (within(middle) >= probability - ROUNDING) high = middle;
      else low = middle;
    }
    low = high - 1;
    return high;
  });
}

/** P(transit ≤ x) by straight lines between points. O(log points). */
function shareBy(probabilities: readonly number[], seconds: readonly number[], x: number): number {
  let high = seconds.length - 1;
  if (x < seconds[0]!) return 0;
  if (x >= seconds[high]!) return 1;
  let low = 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (seconds[middle]! <= x) low = middle;
    else high = middle;
  }
  const [x0, x1] = [seconds[low]!, seconds[high]!];
  return (
    probabilities[low]! + ((probabilities[high]! - probabilities[low]!) * (x - x0)) / (x1 - x0)
  );
}
