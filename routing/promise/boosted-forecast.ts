/**
 * A sharper forecast where much is known of each journey (distance, weight, weekday …): boosted trees
 * correct the sum of the two stages' medians and say how wide the distribution is around it. What the
 * sketches know of a cell, lately and over all time, is given to the trees as features, so that they
 * learn how much to trust a thin cell; the present level of all journeys is read off those on the way
 * (Kaplan–Meier), so that a forecast follows the season without waiting for deliveries.
 */
import { DAY_SECONDS, HOUR_SECONDS } from '../types.ts';
import {
  type BoostedTrees,
  type BoostingOptions,
  fitTrees,
  predictTrees,
} from './boosted-trees.ts';
import type { Forecast } from './calibration.ts';
import { type Lifetime, survivalQuantiles } from './kaplan-meier.ts';
import { SketchTree } from './sketch-tree.ts';
import { StageForecaster, type StagePaths } from './stage-forecast.ts';

/** A journey to forecast. */
export interface JourneyCase {
  readonly started_seconds: number;
  readonly paths: StagePaths;
  /** Groups by destination, finest first: how long journeys there took of late. */
  readonly destinations: readonly string[];
  /** What else is known at the start, always in the same order. */
  readonly features: readonly number[];
  readonly weight: number;
}

/** A journey under way; its stages are filled in as they end. */
export interface Stages {
  readonly journey: JourneyCase;
  handed_over_seconds: number | null;
  ended_seconds: number | null;
}

/** A journey that was forecast, with what from. */
export interface OpenCase extends Stages {
  readonly row: readonly number[];
  /** ln seconds: medians of queue, and of queue and transit, before and with the present level. */
  readonly queue: number;
  readonly plain: number;
  readonly base: number;
}

const LOCATION: BoostingOptions = {
  trees: 100,
  depth: 3,
  learning_rate: 0.04,
  least_rows_per_leaf: 60,
  ridge: 5,
  row_share: 0.7,
  feature_share: 0.6,
};
const SPREAD: BoostingOptions = {
  ...LOCATION,
  trees: 50,
  depth: 2,
  least_rows_per_leaf: 120,
  ridge: 10,
};

/** The trees are grown anew this often, from journeys that started in this span before. */
const REFIT_DAYS = 7;
const LEARN_FROM_DAYS = 600;
/** Younger journeys are not learned from: those of them that have ended were the quick ones. */
const LEARN_UNTIL_DAYS = 35;
const LEAST_ROWS = 300;
const LEAST_SPREAD = 0.1;

/** Journeys that tell the present level, and how much of it is believed. */
const LEVEL_DAYS = 28;
const QUEUE_LEVEL_DAYS = 14;
const LEVEL_SHARE = 0.6;
const LEAST_LEVEL_CASES = 40;
/** The present level is worked out this often. */
const PRESENT_SECONDS = 43_200;
const CENTRE: readonly number[] = [0.3, 0.4, 0.5, 0.6, 0.7];

/** Standard normal quantiles at `LEVELS`. */
const NORMAL: readonly number[] = [
  -2.3263, -1.6449, -1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.0364, 1.2816,
  1.6449, 1.96, 2.3263,
];

interface Present {
  readonly asOf: number;
  readonly level: number;
  readonly features: readonly number[];
}

/** Learns journeys in the order of events, and forecasts new ones. */
export class BoostedForecaster {
  readonly #long = new StageForecaster(
    new SketchTree({ shrink_count: 5 }),
    new SketchTree({ shrink_count: 10 }),
  );
  readonly #short = new StageForecaster(
    new SketchTree({ shrink_count: 10, half_life_days: 14 }),
    new SketchTree({ shrink_count: 30, half_life_days: 20 }),
  );
  readonly #total = new SketchTree({ shrink_count: 30, half_life_days: 10 });
  #cases: OpenCase[] = [];
  #present: Present | undefined;
  #fitted = Number.NEGATIVE_INFINITY;
  #location: BoostedTrees | undefined;
  #spread: BoostedTrees | undefined;

  /**
   * Forecasts a journey at its start; undefined while too little is known. The case is to be given
   * to `begin` if the journey takes place.
   */
  forecast(journey: JourneyCase): { forecast: Forecast | undefined; open: OpenCase } | undefined {
    const now = journey.started_seconds;
    const long = this.#long.medians(journey.paths, now);
    const short = this.#short.medians(journey.paths, now);
    const total = this.#total.quantiles(journey.destinations, now, [0.5])?.[0];
    if (long === undefined || short === undefined || total === undefined) return undefined;
    const { level, features } = this.#presentAt(now);
    const plain = Math.log(long.queue + long.transit);
    const known = [long.queue, long.transit, short.queue, short.transit, total].map(Math.log);
    const open: OpenCase = {
      journey,
      row: [...journey.features, ...known, long.queue, long.transit, ...features],
      queue: Math.log(long.queue),
      plain,
      base: plain + LEVEL_SHARE * level,
      handed_over_seconds: null,
      ended_seconds: null,
    };
    this.#refit(now);
    return { forecast: this.#predict(open), open };
  }

  /** The journey of a forecast has begun; beginnings come in order. */
  begin(open: OpenCase): void {
    this.#cases.push(open);
  }

  /** Its parcel was handed over to the carrier at `at`. */
  handOver(open: Stages, at: number): void {
    open.handed_over_seconds = at;
    const { started_seconds, paths } = open.journey;
    const taken = Math.max(HOUR_SECONDS, at - started_seconds);
    this.#long.learnQueue(paths.queue, taken, at);
    this.#short.learnQueue(paths.queue, taken, at);
  }

  /** Its parcel reached the door at `at`. */
  deliver(open: Stages, at: number): void {
    open.ended_seconds = at;
    const { started_seconds, paths, destinations } = open.journey;
    this.#total.add(destinations, at - started_seconds, at);
    if (open.handed_over_seconds === null || open.handed_over_seconds >= at) return;
    const taken = Math.max(HOUR_SECONDS, at - open.handed_over_seconds);
    this.#long.learnTransit(paths.transit, taken, at);
    this.#short.learnTransit(paths.transit, taken, at);
  }

  #predict(open: OpenCase): Forecast | undefined {
    if (this.#location === undefined || this.#spread === undefined) return undefined;
    const centre = open.base + predictTrees(this.#location, open.row);
    const spread = Math.max(LEAST_SPREAD, predictTrees(this.#spread, open.row));
    return { log_seconds: NORMAL.map((z) => centre + z * spread), spread };
  }

  #refit(now: number): void {
    if (now - this.#fitted < REFIT_DAYS * DAY_SECONDS) return;
    this.#fitted = now;
    const from = now - LEARN_FROM_DAYS * DAY_SECONDS;
    const until = now - LEARN_UNTIL_DAYS * DAY_SECONDS;
    this.#cases = this.#cases.filter(({ journey }) => journey.started_seconds >= from);
    const ended = this.#cases.filter(
      ({ journey, ended_seconds }) => journey.started_seconds < until && ended_seconds !== null,
    );
    if (ended.length < LEAST_ROWS) return;
    const rows = ended.map(({ row }) => row);
    const targets = ended.map(({ journey, base, ended_seconds }) => {
      return Math.log(Math.max(1, ended_seconds! - journey.started_seconds)) - base;
    });
    const location = fitTrees(rows, targets, LOCATION);
    const misses = targets.map((target, i) => Math.abs(target - predictTrees(location, rows[i]!)));
    this.#location = location;
    this.#spread = fitTrees(rows, misses, SPREAD);
  }

  /** The present level, in logarithms over what the sketches expect, worked out twice a day. */
  #presentAt(now: number): Present {
    const asOf = Math.floor(now / PRESENT_SECONDS) * PRESENT_SECONDS;
    if (this.#present?.asOf === asOf) return this.#present;
    const recent = this.#cases.filter(
      ({ journey }) => journey.started_seconds >= asOf - LEVEL_DAYS * DAY_SECONDS,
    );
    const latest = recent.filter(
      ({ journey }) => journey.started_seconds >= asOf - QUEUE_LEVEL_DAYS * DAY_SECONDS,
    );
    const whole = recent.map((open) => lifetime(open, open.ended_seconds, open.plain, asOf));
    const queue = latest.map((open) => lifetime(open, open.handed_over_seconds, open.queue, asOf));
    const centre = survivalQuantiles(whole, CENTRE);
    const isKnown = whole.length >= LEAST_LEVEL_CASES;
    const features = [whole, queue].flatMap((all) => {
      return all.length === 0 ? [0, 0] : survivalQuantiles(all, [0.5, 0.8]);
    });
    const level = isKnown ? centre.reduce((sum, one) => sum + one, 0) / CENTRE.length : 0;
    this.#present = { asOf, level, features };
    return this.#present;
  }
}

/** How long a stage took over what was expected, in logarithms; censored while it lasts. */
function lifetime(open: OpenCase, ended: number | null, expected: number, asOf: number): Lifetime {
  const { started_seconds, weight } = open.journey;
  const reached = ended !== null && ended <= asOf;
  const taken = Math.max(HOUR_SECONDS, (reached ? ended : asOf) - started_seconds);
  return { value: Math.log(taken) - expected, weight, reached };
}
