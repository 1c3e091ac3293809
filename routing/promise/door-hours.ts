/**
 * At which hours of the week a service hands parcels over, and when it next to never does. A promise that
 * falls into such a time is kept as often at its beginning, and is shorter: see `quiet-hours.ts`.
 *
 * With s(t) the share of the deliveries up to an instant of the week, h(t) = s(t) - q t rises while more
 * than q of an even share is delivered and falls while less is. An instant at which h is below an earlier
 * height is quiet since the last highest: from there to *every* instant of the run less than q of an even
 * share is delivered. (Runs are the excursions of a walk below its running maximum, as a queue's busy periods
 * are.) So noise in single hours does not split a run.
 *
 * Few events make no hour quiet: a run counts as far as with 99 % certainty less than q of an even share is
 * delivered in it (score interval of a Poisson mean; counts fade, as if they were fewer). And nothing is said
 * before four weeks have been seen: hundreds of parcels in a first week say nothing of days it did not have.
 */
import { DAY_SECONDS, type QuietHoursInput } from '../types.ts';
import { WEEK_HOURS } from '../waits.ts';
import { fadingWeight } from './sketch-tree.ts';

/** Share of an even share of deliveries below which a time is quiet: q above. */
const QUIET = 0.5;
/** Standard normal quantile at 99 %. */
const SURE = 2.326;
const HALF_LIFE_SECONDS = 180 * DAY_SECONDS;
/** Time that must have been seen: four of each hour of the week. */
const SEEN_LEAST_SECONDS = 28 * DAY_SECONDS;
/** Events of a region from which on it answers for itself, and which its service then weighs. */
const REGION_LEAST = 60;
const REGION_COUNT = 300;

/** Runs of quiet hours; see `QuietHoursInput`. */
export type QuietRuns = QuietHoursInput['runs'];

/** By cell: when its first delivery was told, and counts by hour of the week; as plain data. */
export type StoredDoorHours = readonly (readonly [string, number, readonly number[]])[];

interface Cell {
  /** Epoch seconds. */
  readonly since: number;
  readonly counts: Float64Array;
}

/** Hour of the week (0 = Monday 00:00) of an instant, epoch seconds, by the clocks of a time zone. O(1). */
export function localHourOfWeek(seconds: number, timeZone: string): number {
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(seconds) * 1000);
  const { dayOfWeek, hour } = instant.toZonedDateTimeISO(timeZone);
  return (dayOfWeek - 1) * 24 + hour;
}

/** Counts deliveries by hour of the week, recent ones counting more. Instants are epoch seconds. */
export class DoorHours {
  readonly #cells = new Map<string, Cell>();

  /** A delivery in an hour of the week, told at an instant, counts in each of these cells. O(cells). */
  add(cells: readonly string[], hour: number, at: number): void {
    const weight = fadingWeight(at, HALF_LIFE_SECONDS);
    for (const name of cells) {
      const cell = this.#cells.get(name) ?? { since: at, counts: new Float64Array(WEEK_HOURS) };
      cell.counts[hour]! += weight;
      this.#cells.set(name, cell);
    }
  }

  /** True if a delivery was counted in a cell. O(1). */
  has(name: string): boolean {
    return this.#cells.has(name);
  }

  /**
   * The quiet runs of a service as of `now`, and of a region of it; a region with few deliveries, or
   * with all of them, or not seen for long, has those of the service. O(hours).
   */
  quiet(service: string, region: string | null, now: number): QuietRuns {
    const whole = this.#counts(service, now);
    const counts = region === null ? [] : this.#counts(region, now);
    const own = sumOf(counts);
    const all = sumOf(whole);
    if (own < REGION_LEAST || own === all) return quietRuns(whole);
    return quietRuns(counts.map((count, hour) => count + (REGION_COUNT * whole[hour]!) / all));
  }

  /** The counts as plain data, in order of name. O(cells × log cells). */
  store(): StoredDoorHours {
    const cells = [...this.#cells].sort(([a], [b]) => (a < b ? -1 : +(a > b)));
    return cells.map(([name, { since, counts }]) => [name, since, [...counts]]);
  }

  /** What `store` gave. O(cells). */
  static restore(stored: StoredDoorHours): DoorHours {
    const hours = new DoorHours();
    for (const [name, since, counts] of stored) {
      hours.#cells.set(name, { since, counts: Float64Array.from(counts) });
    }
    return hours;
  }

  /** Counts of a cell as of `now`; none where it has not been seen for long enough. */
  #counts(name: string, now: number): number[] {
    const cell = this.#cells.get(name);
    if (cell === undefined || now - cell.since < SEEN_LEAST_SECONDS) return [];
    const fading = fadingWeight(now, HALF_LIFE_SECONDS);
    return Array.from(cell.counts, (count) => count / fading);
  }
}

const sumOf = (counts: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
};

/**
 * Quiet runs, [first hour, hours], of counts by hour of the week (168), in order of their first hours;
 * disjoint, none as long as a week. O(hours).
 */
export function quietRuns(counts: readonly number[]): QuietRuns {
  const total = sumOf(counts);
  if (total === 0) return [];
  const runs = new Map<number, number>();
  let [height, highest, since] = [0, Number.NEGATIVE_INFINITY, 0];
  // In the first week the highest so far is not yet that of all weeks; a run of the second ends in the third.
  for (let hour = 0; hour < 3 * WEEK_HOURS; hour++) {
    if (height >= highest) [highest, since] = [height, hour];
    height += counts[hour % WEEK_HOURS]! / total - QUIET / WEEK_HOURS;
    const isOfSecond = since >= WEEK_HOURS && since < 2 * WEEK_HOURS;
    if (height < highest && isOfSecond) runs.set(since % WEEK_HOURS, hour - since + 1);
  }
  const inOrder = [...runs].sort(([a], [b]) => a - b);
  return inOrder.map((run) => surePart(counts, total, run)).filter(([, hours]) => hours > 0);
}

/** A run as far as it is surely quiet: its last hours, in which much is delivered, may not be. O(hours). */
function surePart(
  counts: readonly number[],
  total: number,
  [first, hours]: readonly [number, number],
): readonly [number, number] {
  let [sum, sure] = [0, 0];
  for (let i = 0; i < hours; i++) {
    sum += counts[(first + i) % WEEK_HOURS]!;
    const most = sum + SURE ** 2 / 2 + SURE * Math.sqrt(sum + SURE ** 2 / 4);
    if (most / total <= (QUIET * (i + 1)) / WEEK_HOURS) sure = i + 1;
  }
  return [first, sure];
}
