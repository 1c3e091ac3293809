/**
 * Sketch of a distribution of durations: weights in fixed logarithmic bins, 16 to the octave.
 *
 * Fixed bins and not a t-digest: merging is addition, so any order of events and any split over
 * workers gives the same bins, a stored sketch replays bit for bit, and one event costs one addition.
 * The price is a relative error of at most one bin, 4.4 %, which the calibration above it absorbs.
 */

/** Weights of the bins `low`, `low + 1`, …; the bins outside are empty. */
export interface DurationSketch {
  low: number;
  weights: number[];
  total: number;
}

/** Probabilities at which the library states distributions of durations. */
export const LEVELS: readonly number[] = [
  0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
];

const BINS_PER_OCTAVE = 16;
/** Everything below is one bin: a quarter of an hour, seconds. */
const FINEST_SECONDS = 900;
/** The last bin takes everything above 900 s × 2^15, about 341 days. */
const LAST_BIN = 15 * BINS_PER_OCTAVE;

/** A sketch of nothing. O(1). */
export function emptySketch(): DurationSketch {
  return { low: 0, weights: [], total: 0 };
}

/** Bin of a duration; durations below zero count as zero. */
function binOf(seconds: number): number {
  if (seconds < FINEST_SECONDS) return 0;
  const bin = 1 + Math.floor(BINS_PER_OCTAVE * Math.log2(seconds / FINEST_SECONDS));
  return Math.min(bin, LAST_BIN);
}

/** Lower edge of a bin, seconds. */
function edgeOf(bin: number): number {
  return bin === 0 ? 0 : FINEST_SECONDS * 2 ** ((bin - 1) / BINS_PER_OCTAVE);
}

function addToBin(sketch: DurationSketch, bin: number, weight: number): void {
  const { weights } = sketch;
  if (weights.length === 0) sketch.low = bin;
  for (; sketch.low > bin; sketch.low--) weights.unshift(0);
  while (weights.length <= bin - sketch.low) weights.push(0);
  weights[bin - sketch.low]! += weight;
  sketch.total += weight;
}

/** Adds one duration, seconds, with a weight > 0. O(1) once its bin is in range. */
export function addDuration(sketch: DurationSketch, seconds: number, weight = 1): void {
  addToBin(sketch, binOf(seconds), weight);
}

/** Adds all of `other` to `sketch`. O(bins). */
export function mergeSketch(sketch: DurationSketch, other: DurationSketch): void {
  other.weights.forEach((weight, i) => {
    if (weight > 0) addToBin(sketch, other.low + i, weight);
  });
}

/**
 * Quantiles, seconds, at ascending probabilities; within a bin the mass lies evenly between its
 * edges. NaN for a sketch of nothing. O(bins + probabilities).
 */
export function sketchQuantiles(
  sketch: DurationSketch,
  probabilities: readonly number[],
): number[] {
  const { low, weights, total } = sketch;
  if (total === 0) return probabilities.map(() => Number.NaN);
  let below = 0;
  let i = 0;
  return probabilities.map((probability) => {
    const mass = probability * total;
    while (i < weights.length - 1 && below + weights[i]! < mass) below += weights[i++]!;
    const weight = weights[i]!;
    const share = weight > 0 ? Math.min(1, Math.max(0, (mass - below) / weight)) : 1;
    const from = edgeOf(low + i);
    return from + share * (edgeOf(low + i + 1) - from);
  });
}
