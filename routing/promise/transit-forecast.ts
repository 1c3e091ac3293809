/**
 * Forecasts from sketches of waits and of times in transit. Medians are of lanes and warehouses, shrunk to
 * their parents; the shape around the median is that of the published table: how widely times scatter on a
 * lane of ten events is not to be learned from those ten (a location–scale family with a common scale).
 */
import { quantileSeconds } from '../transit.ts';
import { DAY_SECONDS, HOUR_SECONDS, type TransitTimeInput, WAIT_SHARES } from '../types.ts';
import { sumQuantiles, waitOf } from '../waits.ts';
import type { Forecast } from './calibration.ts';
import { LEVELS } from './duration-sketch.ts';
import type { SketchTree } from './sketch-tree.ts';
import { type Lane, laneCells, type Place, tableCells } from './transit-cells.ts';

const MIDDLE = LEVELS.indexOf(0.5);
/** Waits are told in quarters of an hour: what differs by less is the same. */
const WAIT_STEP_SECONDS = 900;
/** Probabilities in the middle of the shares of `WAIT_SHARES`. */
const WAIT_LEVELS: readonly number[] = WAIT_SHARES.map((share, i) =>
  WAIT_SHARES.slice(0, i).reduce((sum, one) => sum + one, share / 2),
);
/** Events in the tails of a table, and of a warehouse's waits, from which on they are half its own. */
const TABLE_TAILS = 200;
const WAIT_TAILS = 30;
/** Waits before anything is known: none. */
export const NO_WAIT: readonly number[] = WAIT_LEVELS.map(() => 0);

/** What is known of a published table as a whole: multiples of its median at `LEVELS`, and seconds each. */
export interface TableTimes {
  readonly multiples: readonly number[];
  readonly unit_seconds: number;
}

/** Times by a published table as a whole, without level and calibration. O(sketches × bins). */
export function tableTimes(
  ratios: SketchTree,
  place: Place,
  published: TransitTimeInput['quantiles'],
  now: number,
): TableTimes {
  // Sketches hold multiples of the published median, a day standing for one.
  const unit_seconds = Math.max(1, quantileSeconds(published, 0.5)) / DAY_SECONDS;
  const prior = LEVELS.map((level) => quantileSeconds(published, level) / unit_seconds);
  const [own, ...parents] = tableCells(place);
  const shape = ratios.quantiles(parents, now, LEVELS, prior)!;
  const shrunk = { prior: shape, least: HOUR_SECONDS, tails: TABLE_TAILS };
  return { multiples: ratios.scaledQuantiles([own!], now, LEVELS, shrunk), unit_seconds };
}

/** Seconds in transit at `LEVELS` on a lane of the table; null = by the table as a whole. O(sketches). */
export function transitSeconds(
  ratios: SketchTree,
  place: Place,
  { multiples, unit_seconds }: TableTimes,
  lane: Lane | null,
  now: number,
): number[] {
  if (lane === null) return multiples.map((one) => one * unit_seconds);
  const whole = multiples[MIDDLE]!;
  const [own] = ratios.quantiles(laneCells(place, lane), now, [0.5], [whole])!;
  return multiples.map((one) => (one * unit_seconds * own!) / Math.max(1, whole));
}

/**
 * Seconds of waiting, one for each of `WAIT_SHARES`, of cells from the finest to the root.
 * O(sketches × bins).
 */
export function waitSeconds(delays: SketchTree, cells: readonly string[], now: number): number[] {
  const known = delays.scaledQuantiles(cells, now, WAIT_LEVELS, {
    prior: NO_WAIT,
    least: HOUR_SECONDS,
    tails: WAIT_TAILS,
  });
  return known.map((seconds) => Math.floor(seconds / WAIT_STEP_SECONDS) * WAIT_STEP_SECONDS);
}

/**
 * Forecast of a wait and the transit after it. Its spread is 1: how widely times scatter is in the shape, and
 * the calibration's scores are plain logarithms of ratios. O(levels × waits × log seconds), some 50 µs.
 */
export function forecastOf(transit: readonly number[], waits: readonly number[]): Forecast {
  const log_seconds = sumQuantiles(LEVELS, transit, waitOf(waits)).map((seconds) =>
    Math.log(Math.max(1, seconds)),
  );
  return { log_seconds, spread: 1 };
}
