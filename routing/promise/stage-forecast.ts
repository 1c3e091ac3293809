/**
 * Forecasts a delivery from its two stages, each learned in its own tree of sketches: queue and pick
 * (per warehouse and hour) until the hand-over, and time in transit (per service, lane and slot) until
 * the door. The stages are convolved; nothing else is assumed of their shapes.
 */
import type { Forecast } from './calibration.ts';
import { convolve } from './convolution.ts';
import { LEVELS } from './duration-sketch.ts';
import { SketchTree, type StoredTree } from './sketch-tree.ts';

/** Where the stages of a journey are looked up: names of cells from the finest to the root. */
export interface StagePaths {
  /** `[warehouse + hour, warehouse, '']` */
  readonly queue: readonly string[];
  /** `[service + lane + slot, service + lane, service + region pair, service, '']` */
  readonly transit: readonly string[];
}

/** Distributions that hold before anything is learned, seconds at `LEVELS`. */
export interface StagePriors {
  readonly queue?: readonly number[] | undefined;
  /** What the carrier publishes for the lane. */
  readonly transit?: readonly number[] | undefined;
}

/** Both trees as plain data. */
export interface StoredStages {
  readonly queue: StoredTree;
  readonly transit: StoredTree;
}

/** Least spread of a forecast, in natural logarithms: no carrier is on time to within a tenth. */
const LEAST_SPREAD = 0.1;
/** Standard normal quantile at 0.95: the spread is that of a log-normal with the same upper half. */
const Z95 = 1.6449;

/** Learns and forecasts the stages of journeys. */
export class StageForecaster {
  readonly #queue: SketchTree;
  readonly #transit: SketchTree;

  constructor(queue: SketchTree, transit: SketchTree) {
    this.#queue = queue;
    this.#transit = transit;
  }

  /** A parcel was handed over `seconds` after its order. O(path). */
  learnQueue(path: readonly string[], seconds: number, at: number): void {
    this.#queue.add(path, seconds, at);
  }

  /** A parcel reached its door `seconds` after its hand-over. O(path). */
  learnTransit(path: readonly string[], seconds: number, at: number): void {
    this.#transit.add(path, seconds, at);
  }

  /**
   * Distribution of the whole journey as of `now`; undefined while a stage is unknown and has no
   * prior. O(path × bins + convolution).
   */
  forecast(paths: StagePaths, now: number, priors: StagePriors = {}): Forecast | undefined {
    const queue = this.#queue.quantiles(paths.queue, now, LEVELS, priors.queue);
    const transit = this.#transit.quantiles(paths.transit, now, LEVELS, priors.transit);
    return queue === undefined || transit === undefined
      ? undefined
      : forecastOf(convolve(queue, transit));
  }

  /** Median seconds of the two stages as of `now`. */
  medians(paths: StagePaths, now: number): { queue: number; transit: number } | undefined {
    const queue = this.#queue.quantiles(paths.queue, now, [0.5])?.[0];
    const transit = this.#transit.quantiles(paths.transit, now, [0.5])?.[0];
    return queue === undefined || transit === undefined ? undefined : { queue, transit };
  }

  store(): StoredStages {
    return { queue: this.#queue.store(), transit: this.#transit.store() };
  }

  static restore(stored: StoredStages): StageForecaster {
    const { queue, transit } = stored;
    return new StageForecaster(SketchTree.restore(queue), SketchTree.restore(transit));
  }
}

/** A distribution, seconds at `LEVELS`, as a forecast. */
export function forecastOf(quantiles: readonly number[]): Forecast {
  const log_seconds = quantiles.map((seconds) => Math.log(Math.max(1, seconds)));
  const upper = log_seconds[LEVELS.indexOf(0.95)]! - log_seconds[LEVELS.indexOf(0.5)]!;
  return { log_seconds, spread: Math.max(LEAST_SPREAD, upper / Z95) };
}
