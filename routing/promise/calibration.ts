/**
 * Rolling conformal calibration: makes a stated 95 % be 95 %. A forecast states each quantile f; how
 * far off that is shows in the scores s = ln(y / f) / spread of the past year's journeys y, and the
 * promise is f × exp(spread × d) with d the score's own quantile at the same probability.
 *
 * - Journeys that have not ended are censored at their age (Kaplan–Meier). Left out, as in conformal
 *   prediction on what has been resolved, the recent past would seem quicker than it is.
 * - The window is long: what moves from week to week is in the forecasts (`present-level.ts`), and what is
 *   left to correct, the shape, does not. A short one would correct the same weeks once more, after they
 *   are over, and know the tail from a handful of journeys.
 * - The forecast is the parent of the root: a quantile at p of n journeys rests on 4 p (1 - p) n of them and
 *   is shrunk to its parent by these, so that little known moves little.
 * - Groups (service, region …) answer for themselves from a least count of ended journeys on, shrunk
 *   to their parent (Mondrian conformal prediction, Vovk et al. 2003); below it the parent answers, as it
 *   does for a group that is all of it. Young forecasts are corrected by one factor (`young-forecasts.ts`).
 * - A stated probability speaks of parcels that arrive. What has not ended `lost_after_days` after its
 *   start is lost, a matter of its own (a claim, not a delay); the share of the lost is learned and the
 *   estimate, which cannot tell them from the slow, is read that much lower.
 *
 * With spread 1, one group and no shrinking this is split conformal prediction on ln(y / f) with a moving
 * window.
 */
import { DAY_SECONDS } from '../types.ts';
import { LEVELS } from './duration-sketch.ts';
import { type Lifetime, survivalProbability, survivalQuantiles } from './kaplan-meier.ts';
import { type Young, youngOffsets } from './young-forecasts.ts';

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
  /** Journeys that started this recently count. */
  readonly window_days: number;
  /** What has not ended this long after its start never will. */
  readonly lost_after_days: number;
  /** Ended journeys from which on a group answers for itself. */
  readonly least_count: number;
  /** Ended journeys, as far as a quantile rests on them, that weigh as much as the parent. */
  readonly shrink_count: number;
  /** Offsets are worked out anew this often; between, a journey's end is not seen. */
  readonly refresh_seconds: number;
}

/** Options tuned on Olist's earlier orders (`bench/decision-promise.ts`). */
export const CALIBRATION_OPTIONS: CalibrationOptions = {
  window_days: 365,
  lost_after_days: 60,
  least_count: 60,
  shrink_count: 100,
  refresh_seconds: 21_600,
};

/** A calibration as plain data; its options are not part of it. */
export interface StoredCalibration {
  readonly journeys: readonly Journey[];
}

/** Offsets of a group, and of how many journeys. */
interface Offsets {
  readonly offsets: readonly number[];
  readonly count: number;
}

/** A forecast as it is. */
const NONE: Offsets = { offsets: LEVELS.map(() => 0), count: -1 };

/** Remembers recent journeys and corrects forecasts by them. Instants are epoch seconds. */
export class RollingCalibration {
  readonly #options: CalibrationOptions;
  /** What is older than the window is dropped. */
  #journeys: Journey[] = [];
  /** Share that arrives of what starts. */
  #arriving = 1;
  #offsets = new Map<string, Offsets>();
  #refreshed = Number.NEGATIVE_INFINITY;

  /** Knows nothing yet. O(1). */
  constructor(options: CalibrationOptions = CALIBRATION_OPTIONS) {
    this.#options = options;
  }

  /** Takes in a journey at its start. The caller fills in its end. O(1). */
  begin(journey: Journey): void {
    this.#journeys.push(journey);
  }

  /**
   * Takes out a journey that was called off: it says nothing of the time it would have taken.
   * O(journeys).
   */
  withdraw(journey: Journey): void {
    this.keepOnly((one) => one !== journey);
  }

  /** Forgets all journeys but those that `isKept` names. O(journeys). */
  keepOnly(isKept: (journey: Journey) => boolean): void {
    this.#journeys = this.#journeys.filter(isKept);
  }

  /**
   * Holds the journeys against other forecasts than those made at their start; those without one are
   * forgotten. For a forecaster that has learned much since: what it corrects itself must not be
   * corrected again. O(journeys), besides what `of` takes.
   */
  reforecast(of: (journey: Journey) => Forecast | undefined): void {
    this.keepOnly((journey) => {
      const forecast = of(journey);
      if (forecast !== undefined) journey.forecast = forecast;
      return forecast !== undefined;
    });
    this.#refreshed = Number.NEGATIVE_INFINITY;
  }

  /** The journeys that may still count. O(1). */
  journeys(): readonly Journey[] {
    return this.#journeys;
  }

  /** The calibration as plain data. O(1). */
  store(): StoredCalibration {
    return { journeys: this.#journeys };
  }

  /** The calibration that `store` gave; it takes the journeys over as they are. O(journeys). */
  static restore(
    { journeys }: StoredCalibration,
    options: CalibrationOptions = CALIBRATION_OPTIONS,
  ): RollingCalibration {
    const calibration = new RollingCalibration(options);
    calibration.#journeys = [...journeys];
    return calibration;
  }

  /**
   * Seconds at `LEVELS` that journeys of these groups will take, ascending. O(levels); once in
   * `refresh_seconds` and group O(levels × n log n), n the group's journeys in the window. Groups as in
   * Vovk et al. 2003.
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
   * enough ended journeys. O(groups × journeys + n log n), n those of the group.
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
      const members = this.#members(group, now);
      if (endedCount(members, now) < this.#options.least_count) continue;
      return survivalProbability(scoresAt(middle, this.#timesOf(members, now)), score);
    }
    return undefined;
  }

  #offsetsOf(groups: readonly string[], now: number): readonly number[] {
    const { refresh_seconds } = this.#options;
    // As of the last full step, so that it does not matter who asks first.
    const asOf = Math.floor(now / refresh_seconds) * refresh_seconds;
    if (asOf !== this.#refreshed) this.#refresh(asOf);
    let known = NONE;
    for (let i = groups.length - 1; i >= 0; i--) known = this.#offsetsIn(groups[i]!, known, asOf);
    return known.offsets;
  }

  #refresh(asOf: number): void {
    const { window_days, lost_after_days } = this.#options;
    this.#refreshed = asOf;
    this.#offsets.clear();
    const from = asOf - window_days * DAY_SECONDS;
    this.#journeys = this.#journeys.filter(({ started_seconds }) => started_seconds >= from);
    const told = asOf - lost_after_days * DAY_SECONDS;
    let [started, arrived] = [0, 0];
    for (const journey of this.#journeys) {
      if (journey.started_seconds >= told) continue;
      started += journey.weight;
      if (hasEnded(journey, this.#lostAt(journey))) arrived += journey.weight;
    }
    this.#arriving = arrived > 0 ? arrived / started : 1;
  }

  #offsetsIn(group: string, parent: Offsets, asOf: number): Offsets {
    const known = this.#offsets.get(group);
    if (known !== undefined) return known;
    const { least_count, shrink_count: k } = this.#options;
    const members = this.#members(group, asOf);
    let own = parent;
    if (members.length !== parent.count) {
      const times = this.#timesOf(members, asOf);
      const young = youngOffsets(times, parent.offsets);
      const n = endedCount(members, asOf);
      const offsets = LEVELS.map((level, i) => {
        if (n < least_count) return young[i]!;
        const [offset] = survivalQuantiles(scoresAt(i, times), [level * this.#arriving]);
        const m = 4 * level * (1 - level) * n;
        return (m * offset! + k * young[i]!) / (m + k);
      });
      own = { offsets, count: members.length };
    }
    this.#offsets.set(group, own);
    return own;
  }

  #members(group: string, now: number): Journey[] {
    const from = now - this.#options.window_days * DAY_SECONDS;
    return this.#journeys.filter(
      ({ started_seconds: at, groups }) => at >= from && at < now && groups.includes(group),
    );
  }

  /** Times until now; whoever is on the way, or lost, is censored. */
  #timesOf(journeys: readonly Journey[], now: number): Time[] {
    return journeys.map((journey) => {
      const { started_seconds, ended_seconds, forecast, weight } = journey;
      const until = Math.min(now, this.#lostAt(journey));
      const reached = hasEnded(journey, until);
      const seconds = (reached ? ended_seconds! : until) - started_seconds;
      const isEarly = journey.is_early === true;
      return { log: Math.log(Math.max(1, seconds)), forecast, weight, reached, isEarly };
    });
  }

  #lostAt({ started_seconds }: Journey): number {
    return started_seconds + this.#options.lost_after_days * DAY_SECONDS;
  }
}

/** What a journey took, or has taken so far, as a logarithm of seconds: the same at every level. */
interface Time extends Young {
  readonly forecast: Forecast;
}

/** Scores of times against the quantile that was forecast of each at one level. */
const scoresAt = (level: number, times: readonly Time[]): Lifetime[] =>
  times.map(({ log, forecast: { log_seconds, spread }, weight, reached }) => {
    return { value: (log - log_seconds[level]!) / spread, weight, reached };
  });

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
