/** Cumulative hazards of distributions of times that are given at `LEVELS`, as logarithms of seconds. */
import { LEVELS } from './duration-sketch.ts';

/** Cumulative hazard at `LEVELS`. */
const HAZARDS: readonly number[] = LEVELS.map((level) => -Math.log1p(-level));
/** Two quantiles are no closer than this, as logarithms, where a hazard is read by them. */
const CLOSEST = 0.02;

/**
 * Cumulative hazard by an age (Andersen et al. 1993, section IV.1): how many would have ended by then if each
 * that ended were followed by another. Straight lines between `LEVELS`, as steep behind the last as before
 * it, and even in time before the first. O(levels).
 */
export function hazardBy(quantiles: readonly number[], age: number): number {
  const last = quantiles.length - 1;
  if (age <= quantiles[0]!) return HAZARDS[0]! * Math.exp(age - quantiles[0]!);
  let i = 1;
  while (i < last && quantiles[i]! < age) i++;
  const width = Math.max(CLOSEST, quantiles[i]! - quantiles[i - 1]!);
  const slope = (HAZARDS[i]! - HAZARDS[i - 1]!) / width;
  return HAZARDS[i - 1]! + slope * (age - quantiles[i - 1]!);
}
