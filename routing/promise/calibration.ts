/**
 * Rolling conformal calibration: makes a stated 95 % be 95 %. A forecast states each quantile f; how
 * far off that is shows in the scores s = ln(y / f) / spread of recent journeys y, and the promise
 * is f × exp(spread × d) with d the score's own quantile at the same probability.
 *
 * - Journeys that have not ended are censored at their age (Kaplan–Meier). Left out, as in conformal
 *   prediction on what has been resolved, the recent past would seem quicker than it is.
 * - Windows are of starts, not of ends, for the same reason. A short one follows the season, a long one
 *   sees more of the tail; the offsets of several are averaged.
 * - Groups (service, region …) answer for themselves from a least count of ended journeys on, shrunk
 *   to their parent (Mondrian conformal prediction, Vovk et al. 2003); below it the parent answers.
 *
 * - A stated probability speaks of parcels that arrive. What has not ended `lost_after_days` after its
 *   start is lost, a matter of its own (a claim, not a delay); the share of the lost is learned and the
 *   estimate, which cannot tell them from the slow, is read that much lower.
 *
 * With spread 1 and one group this is split conformal prediction on ln(y / f) with a moving window.
 */
import { DAY_SECONDS } from '../types.ts';
import { LEVELS } from './duration-sketch.ts';
import { type Lifetime, survivalProbability, survivalQuantiles } from './kaplan-meier.ts';

/** A forecast distribution: natural logarithms of seconds at `LEVELS`, and its spread in logarithms. */
export interface Forecast {
  readonly log_seconds: readonly number[];
  readonly spread: number;
}

/** A journey with the forecast made at its start. `ended_seconds` is filled in when it ends. */
export interface Journey {
  /** Only to find it again after `restore`. */
  readonly id?: string | undefined;
  /** Groups it belongs to, from the finest to the root. */
  readonly groups: readonly string[];
  readonly started_seconds: number;
  forecast: Forecast;
  /** Of that: how slow the times were at its start, as a logarithm (`present-level.ts`); 0 unless said. */
  level?: number | undefined;
  /** True while its forecast is to be made anew: it started when next to nothing was known. */
  is_early?: boolean | undefined;
  /** How many real journeys it stands for; 1 unless the data are a sample. */
  readonly weight: number;
  ended_seconds: number | null;
}

/** How a calibration works. */
export interface CalibrationOptions {
  /** Journeys that started this recently count; the offsets of the windows are averaged. */
  readonly windows_days: readonly number[];
  /** What has not ended this long after its start never will; not shorter than the windows. */
  readonly lost_after_days: number;
  /** Ended journeys from which on a group answers for itself. */
  readonly least_count: number;
  /** Ended journeys that weigh as much as the parent. */
  readonly shrink_count: number;
  /** Offsets are worked out anew this often; between, a journey's end is not seen. */
  readonly refresh_seconds: number;
}

/** Options tuned on Olist's earlier orders (`bench/decision-promise.ts`). */
export const CALIBRATION_OPTIONS: CalibrationOptions = {
  windows_days: [35, 56],
  lost_after_days: 60,
  least_count: 60,
  shrink_count: 200,
  refresh_seconds: 21_600,
};

/** A calibration as plain data; its options are not part of it. */
export interface StoredCalibration {
  readonly journeys: readonly Journey[];
  readonly fates: Fates;
}

const NO_OFFSETS: readonly number[] = LEVELS.map(() => 0);

/** Remembers recent journeys and corrects forecasts by them. */
export class RollingCalibration {
  readonly #options: CalibrationOptions;
  /** What is older than `lost_after_days` is dropped. */
  #journeys: Journey[] = [];
  #fates: Fates = { arrived: 0, lost: 0, told_seconds: 0 };
  #offsets = new Map<string, readonly number[]>();
  #refreshed = Number.NEGATIVE_INFINITY;

  constructor(options: CalibrationOptions = CALIBRATION_OPTIONS) {
    this.#options = options;
  }

  /** Takes in a journey at its start. The caller fills in its end. */
  begin(journey: Journey): void {
    this.#journeys.push(journey);
  }

  /** Takes out a journey that was called off: it says nothing of the time it would have taken. */
  withdraw(journey: Journey): void {
    this.keepOnly((one) => one !== journey);
  }

  /** Forgets all journeys but those that `isKept` names. */
  keepOnly(isKept: (journey: Journey) => boolean): void {
    this.#journeys = this.#journeys.filter(isKept);
  }

  /**
   * Holds the journeys against other forecasts than those made at their start; those without one are
   * forgotten. For a forecaster that has learned much since: what it corrects itself must not be
   * corrected again.
   */
  reforecast(of: (journey: Journey) => Forecast | undefined): void {
    this.keepOnly((journey) => {
      const forecast = of(journey);
      if (forecast !== undefined) journey.forecast = forecast;
      return forecast !== undefined;
    });
    this.#refreshed = Number.NEGATIVE_INFINITY;
  }

  /** The journeys that may still count. */
  journeys(): readonly Journey[] {
    return this.#journeys;
  }

  /** The calibration as plain data. */
  store(): StoredCalibration {
    return { journeys: this.#journeys, fates: this.#fates };
  }

  /** The calibration that `store` gave; it takes the journeys over as they are. */
  static restore(
    { journeys, fates }: StoredCalibration,
    options: CalibrationOptions = CALIBRATION_OPTIONS,
  ): RollingCalibration {
    const calibration = new RollingCalibration(options);
    calibration.#journeys = [...journeys];
    calibration.#fates = fates;
    return calibration;
  }

  /**
   * Seconds at `LEVELS` that journeys of these groups will take, ascending. O(levels); once in
   * `refresh_seconds` and group O(levels × n log n), n the group's journeys in the window.
   */
  calibrated(forecast: Forecast, groups: readonly string[], now: number): number[] {
    const stretch = this.stretch(forecast.spread, groups, now);
    let least = 0;
    return forecast.log_seconds.map((log, i) => {
      least = Math.max(least, Math.exp(log) * stretch[i]!);
      return least;
    });
  }

  /** By what forecasts of this spread are multiplied at `LEVELS`. O(levels), as `calibrated`. */
  stretch(spread: number, groups: readonly string[], now: number): number[] {
    return this.#offsetsOf(groups, now).map((offset) => Math.exp(spread * offset));
  }

  /**
   * Probability that a journey of these groups ends within `seconds`: the Kaplan–Meier distribution
   * of the scores of the median, read at ln(seconds / f) / spread. Undefined while no group has
   * enough ended journeys.
   */
  probabilityWithin(
    forecast: Forecast,
    groups: readonly string[],
    now: number,
    seconds: number,
  ): number | undefined {
    const middle = LEVELS.indexOf(0.5);
    const score = (Math.log(seconds) - forecast.log_seconds[middle]!) / forecast.spread;
    for (const group of groups) {
      const members = this.#members(group, now, Math.max(...this.#options.windows_days));
      if (endedCount(members, now) < this.#options.least_count) continue;
      return survivalProbability(lifetimesOf(members, middle, now), score);
    }
    return undefined;
  }

  #offsetsOf(groups: readonly string[], now: number): readonly number[] {
    const { refresh_seconds, lost_after_days } = this.#options;
    // As of the last full step, so that it does not matter who asks first.
    const asOf = Math.floor(now / refresh_seconds) * refresh_seconds;
    if (asOf !== this.#refreshed) {
      this.#refreshed = asOf;
      this.#offsets.clear();
      const from = asOf - lost_after_days * DAY_SECONDS;
      const old = this.#journeys.filter(({ started_seconds }) => started_seconds < from);
      this.#journeys = this.#journeys.filter(({ started_seconds }) => started_seconds >= from);
      this.#fates = tellFates(this.#fates, old, lost_after_days);
    }
    let known = NO_OFFSETS;
    for (let i = groups.length - 1; i >= 0; i--) known = this.#offsetsIn(groups[i]!, known, asOf);
    return known;
  }

  #offsetsIn(group: string, parent: readonly number[], asOf: number): readonly number[] {
    const known = this.#offsets.get(group);
    if (known !== undefined) return known;
    const { least_count, shrink_count, windows_days } = this.#options;
    const widest = this.#members(group, asOf, Math.max(...windows_days));
    const n = endedCount(widest, asOf);
    let offsets = parent;
    if (n >= least_count) {
      // In order of one level's scores, which is nearly that of every other's: sorting is then quick.
      const sorted = sortByScore(widest, asOf);
      const windows = windows_days.map((days) => since(sorted, asOf, days));
      // The root has no parent to lean on: from the least count on it answers in full.
      const k = parent === NO_OFFSETS ? 0 : shrink_count;
      offsets = LEVELS.map((level, i) => {
        const own = windows.map((window) => this.#offset(window, i, level, asOf));
        const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
        return (n * mean + k * parent[i]!) / (n + k);
      });
    }
    this.#offsets.set(group, offsets);
    return offsets;
  }

  #offset(window: readonly Journey[], i: number, level: number, asOf: number): number {
    const { arrived, lost } = this.#fates;
    const arrives = arrived > 0 ? arrived / (arrived + lost) : 1;
    return survivalQuantiles(lifetimesOf(window, i, asOf), [level * arrives])[0]!;
  }

  #members(group: string, now: number, days: number): Journey[] {
    return since(this.#journeys, now, days).filter(({ groups }) => groups.includes(group));
  }
}

/** Journeys that started within `days` before `now`. */
function since(journeys: readonly Journey[], now: number, days: number): Journey[] {
  const from = now - days * DAY_SECONDS;
  return journeys.filter(({ started_seconds: at }) => at >= from && at < now);
}

/** How many journeys of the past arrived and how many never did; the older count for less. */
export interface Fates {
  readonly arrived: number;
  readonly lost: number;
  readonly told_seconds: number;
}

const FATES_HALF_LIFE_DAYS = 180;

/** Adds what became of journeys that are old enough to tell. */
function tellFates(fates: Fates, old: readonly Journey[], lost_after_days: number): Fates {
  let { arrived, lost, told_seconds } = fates;
  for (const { started_seconds, ended_seconds, weight } of old) {
    const passed = Math.max(0, started_seconds - told_seconds) / DAY_SECONDS;
    const kept = 2 ** (-passed / FATES_HALF_LIFE_DAYS);
    const until = started_seconds + lost_after_days * DAY_SECONDS;
    const hasArrived = ended_seconds !== null && ended_seconds <= until;
    arrived = arrived * kept + (hasArrived ? weight : 0);
    lost = lost * kept + (hasArrived ? 0 : weight);
    told_seconds = Math.max(told_seconds, started_seconds);
  }
  return { arrived, lost, told_seconds };
}

const hasEnded = (journey: Journey, now: number): boolean =>
  journey.ended_seconds !== null && journey.ended_seconds <= now;

/** Ended journeys, in units of the heaviest, so that a weighted sample counts its rows. */
function endedCount(journeys: readonly Journey[], now: number): number {
  let sum = 0;
  let heaviest = 0;
  for (const journey of journeys) {
    heaviest = Math.max(heaviest, journey.weight);
    if (hasEnded(journey, now)) sum += journey.weight;
  }
  return heaviest > 0 ? sum / heaviest : 0;
}

function sortByScore(journeys: readonly Journey[], now: number): Journey[] {
  const scores = lifetimesOf(journeys, LEVELS.indexOf(0.9), now);
  return scores
    .map(({ value }, i) => ({ value, journey: journeys[i]! }))
    .sort((a, b) => a.value - b.value)
    .map(({ journey }) => journey);
}

/** Scores against the forecast quantile at one level; whoever is on the way is censored. */
function lifetimesOf(journeys: readonly Journey[], level: number, now: number): Lifetime[] {
  return journeys.map(({ started_seconds, ended_seconds, forecast, weight }) => {
    const reached = ended_seconds !== null && ended_seconds <= now;
    const until = reached ? ended_seconds : now;
    const taken = Math.log(Math.max(1, until - started_seconds));
    return { value: (taken - forecast.log_seconds[level]!) / forecast.spread, weight, reached };
  });
}
